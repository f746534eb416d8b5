// What glibc declares only under _GNU_SOURCE (spawn.h, sys/vfs.h, unistd.h), which Swift's import of it does not set.
#ifndef MINGJIAN_CHILD_H
#define MINGJIAN_CHILD_H

#include <spawn.h>
#include <sys/vfs.h>

extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// Whether a path lies on memory-backed storage: TMPFS_MAGIC of statfs(2). -1 where it cannot be asked.
static inline int child_is_in_memory(const char *path) {
    struct statfs status;
    if (statfs(path, &status) != 0) return -1;
    return status.f_type == 0x01021994;
}

#endif
