// prctl(2) takes its arguments in a way that Swift does not import.
#ifndef MINGJIAN_PROCESS_H
#define MINGJIAN_PROCESS_H

#include <sys/prctl.h>

// Keeps this process's memory from debuggers of the same user and from every core dump, also one that the kernel hands
// to a program (core(5)), which asks for no limit. 0, or -1 with errno.
static inline int process_hide_memory(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

#endif
