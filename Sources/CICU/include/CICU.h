#pragma once
// What is needed of Debian's ICU, without its types: Foundation carries an ICU of its own, whose types have the same names
// and other members, and Swift takes only one of them. Its functions are called otherwise (swift_utrans_openU), so that
// both are linked side by side.
#include <stdint.h>

/// Writes the NFKC_Casefold form (Unicode TR 44) of UTF-16 as far as there is room. Answers its whole length, or -1.
int32_t cicu_nfkc_casefold(const uint16_t *text, int32_t length, uint16_t *result, int32_t room);

/// Whether a character is a letter, a mark or a number (0), a symbol such as an emoji or half of a character beyond
/// U+FFFF (1), or neither (2).
int32_t cicu_kind(int32_t character);

/// Changes UTF-16 in place by the transliterator of that name (ASCII). Answers the new length, or -1.
int32_t cicu_transliterate(const char *name, uint16_t *text, int32_t length, int32_t room);
