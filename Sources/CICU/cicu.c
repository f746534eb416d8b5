#include "CICU.h"
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

int32_t cicu_nfkc_casefold(const uint16_t *text, int32_t length, uint16_t *result, int32_t room) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *form = unorm2_getNFKCCasefoldInstance(&status);
    if (U_FAILURE(status)) return -1;
    int32_t whole = unorm2_normalize(form, (const UChar *)text, length, (UChar *)result, room, &status);
    return U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR ? -1 : whole;
}

int32_t cicu_kind(int32_t character) {
    uint32_t mask = U_GET_GC_MASK(character);
    if (mask & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) return 0;
    return mask & (U_GC_SO_MASK | U_GC_CS_MASK) ? 1 : 2;
}

int32_t cicu_transliterate(const char *name, uint16_t *text, int32_t length, int32_t room) {
    UErrorCode status = U_ZERO_ERROR;
    UChar id[64];
    u_uastrncpy(id, name, 63);
    id[63] = 0;
    UTransliterator *transliterator = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    if (U_FAILURE(status)) return -1;
    int32_t limit = length;
    utrans_transUChars(transliterator, (UChar *)text, &length, room, 0, &limit, &status);
    utrans_close(transliterator);
    return U_FAILURE(status) ? -1 : length;
}
