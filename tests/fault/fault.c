/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A library that run_faults.py loads into tahqiq before the C library (LD_PRELOAD). It watches what
 * the program does to the files below one folder; it makes one of those calls fail, or keeps a
 * journal of them from which power_loss.py tells what a disk may hold when power is lost.
 *
 *   FAULT_BELOW    the folder, absolute and without symbolic links
 *   FAULT_KINDS    what is counted: r(ead), w(rite), s(ync), n(ames of files), a(llocations)
 *   FAULT_NTH      which of those fails; none if missing
 *   FAULT_STAYS    if set, all after it fail as well (a full disk)
 *   FAULT_HOW      the number of an error, "short" (half of it is done), or "kill"
 *   FAULT_COUNT    a file that is told how many calls were counted
 *   FAULT_JOURNAL  a file that the journal is appended to
 *
 * Calls go to the kernel directly. Reader processes start with an environment of their own, and so
 * without this library.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 4096
#define FAILS           SIZE_MAX
#define ALIAS(of)       __attribute__((alias(#of)))

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static struct {
    const char *below, *kinds;
    long nth;
    bool stays, is_short, kills;
    int error;
    int journal; /* -1: none */
} plan = {.below = "", .kinds = "", .journal = -1};

static atomic_long counted;
static atomic_bool watched[DESCRIPTORS_MAX];
/* What is done and its line of the journal are one step. */
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

/* ---- which calls ---- */

static bool is_below(int folder, const char *path)
{
    const size_t length = strlen(plan.below);
    char link[64], resolved[PATH_MAX];
    ssize_t got;

    if (length == 0)
        return false;
    if (path[0] != '/') {
        (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", folder);
        got = readlink(link, resolved, sizeof(resolved) - 1);
        if (got < 0)
            return false;
        resolved[got] = '\0';
        path = resolved;
    }
    return strncmp(path, plan.below, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool is_watched(int fd)
{
    return fd >= 0 && fd < DESCRIPTORS_MAX && atomic_load(&watched[fd]);
}

static bool must_fail(char kind)
{
    long number;

    if (!strchr(plan.kinds, kind))
        return false;
    number = atomic_fetch_add(&counted, 1) + 1;
    if (plan.nth == 0 || number < plan.nth || (number > plan.nth && !plan.stays))
        return false;
    if (plan.kills)
        (void)syscall(SYS_kill, getpid(), SIGKILL);
    errno = plan.error;
    return true;
}

/* How much of a transfer is done; FAILS: nothing, and errno is set. */
static size_t part_of(char kind, size_t length)
{
    if (!must_fail(kind))
        return length;
    if (plan.is_short)
        return length > 1 ? length / 2 : length;
    return FAILS;
}

/* ---- the journal ---- */

static void journal_bytes(const char *data, size_t length)
{
    while (length > 0) {
        ssize_t n = syscall(SYS_write, plan.journal, data, length);

        if (n <= 0)
            abort();
        data += n;
        length -= (size_t)n;
    }
}

__attribute__((format(printf, 1, 2))) static void journal(const char *format, ...)
{
    char line[2 * PATH_MAX + 64];
    va_list arguments;
    int length;

    if (plan.journal < 0)
        return;
    va_start(arguments, format);
    length = vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    journal_bytes(line, (size_t)length);
}

static void journal_transfer(int fd, off_t offset, const void *data, ssize_t length)
{
    if (plan.journal < 0 || length <= 0)
        return;
    journal("write\t%d\t%lld\t%zd\n", fd, (long long)offset, length);
    journal_bytes(data, (size_t)length);
}

static void begin(void)
{
    (void)pthread_mutex_lock(&order);
}

/* Give errno of the call itself back, whatever the journal did. */
static long end(long result, int error)
{
    (void)pthread_mutex_unlock(&order);
    errno = error;
    return result;
}

/* What the program tells the analyst is in the journal, at its place among the writes. */
static ssize_t print(void *state, const char *data, size_t length)
{
    (void)state;
    begin();
    journal("print\t%zu\n", length);
    journal_bytes(data, length);
    return (ssize_t)end((long)syscall(SYS_write, STDOUT_FILENO, data, length), errno);
}

/* ---- start and end ---- */

static const char *setting(const char *name)
{
    const char *text = getenv(name);

    return text ? text : "";
}

__attribute__((constructor)) static void start(void)
{
    static const cookie_io_functions_t printer = {.write = print};
    const char *how = setting("FAULT_HOW"), *path = setting("FAULT_JOURNAL");

    plan.nth = atol(setting("FAULT_NTH"));
    plan.stays = *setting("FAULT_STAYS") != '\0';
    plan.is_short = strcmp(how, "short") == 0;
    plan.kills = strcmp(how, "kill") == 0;
    plan.error = atoi(how);
    plan.below = setting("FAULT_BELOW");
    if (*path) {
        plan.journal = (int)syscall(SYS_openat, AT_FDCWD, path,
                                    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        journal("start\n");
        stdout = fopencookie(NULL, "w", printer);
        (void)setvbuf(stdout, NULL, _IOLBF, 0);
    }
    plan.kinds = setting("FAULT_KINDS"); /* last: from here on calls are counted */
}

__attribute__((destructor)) static void finish(void)
{
    const char *path = setting("FAULT_COUNT");
    FILE *file;

    plan.kinds = "";
    file = *path ? fopen(path, "w") : NULL;
    if (!file)
        return;
    (void)fprintf(file, "%ld\n", atomic_load(&counted));
    (void)fclose(file);
}

/* ---- names ---- */

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
    int fd;

    if (!is_below(folder, path))
        return (int)syscall(SYS_openat, folder, path, flags, mode);
    if (must_fail('n'))
        return -1;
    begin();
    fd = (int)syscall(SYS_openat, folder, path, flags, mode);
    if (fd >= 0 && fd < DESCRIPTORS_MAX) {
        atomic_store(&watched[fd], true);
        journal("open\t%d\t%d\t%s\n", fd, flags, path);
    }
    return (int)end(fd, errno);
}

static mode_t mode_of(int flags, va_list arguments)
{
    return flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode;

    va_start(arguments, flags);
    mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode;

    va_start(arguments, flags);
    mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(folder, path, flags, mode);
}

int open64(const char *path, int flags, ...) ALIAS(open);
int openat64(int folder, const char *path, int flags, ...) ALIAS(openat);

int close(int fd)
{
    int r;

    if (!is_watched(fd))
        return (int)syscall(SYS_close, fd);
    begin();
    atomic_store(&watched[fd], false);
    journal("close\t%d\n", fd);
    r = (int)syscall(SYS_close, fd);
    return (int)end(r, errno);
}

int rename(const char *old, const char *new)
{
    int r;

    if (is_below(AT_FDCWD, new) && must_fail('n'))
        return -1;
    begin();
    r = (int)syscall(SYS_rename, old, new);
    if (r == 0 && is_below(AT_FDCWD, new))
        journal("rename\t%s\t%s\n", old, new);
    return (int)end(r, errno);
}

/* Only descriptors get names, by /proc/self/fd/N. */
int linkat(int old_folder, const char *old, int folder, const char *new, int flags)
{
    const char *number = strrchr(old, '/');
    int r;

    if (is_below(folder, new) && must_fail('n'))
        return -1;
    begin();
    r = (int)syscall(SYS_linkat, old_folder, old, folder, new, flags);
    if (r == 0 && number && is_below(folder, new))
        journal("link\t%s\t%s\n", number + 1, new);
    return (int)end(r, errno);
}

int mkdir(const char *path, mode_t mode)
{
    int r;

    if (is_below(AT_FDCWD, path) && must_fail('n'))
        return -1;
    begin();
    r = (int)syscall(SYS_mkdir, path, mode);
    if (r == 0 && is_below(AT_FDCWD, path))
        journal("mkdir\t%s\n", path);
    return (int)end(r, errno);
}

int unlink(const char *path)
{
    int r;

    if (is_below(AT_FDCWD, path) && must_fail('n'))
        return -1;
    begin();
    r = (int)syscall(SYS_unlink, path);
    if (r == 0 && is_below(AT_FDCWD, path))
        journal("unlink\t%s\n", path);
    return (int)end(r, errno);
}

/* ---- contents ---- */

ssize_t read(int fd, void *data, size_t length)
{
    size_t part = is_watched(fd) ? part_of('r', length) : length;

    return part == FAILS ? -1 : syscall(SYS_read, fd, data, part);
}

ssize_t pread(int fd, void *data, size_t length, off_t offset)
{
    size_t part = is_watched(fd) ? part_of('r', length) : length;

    return part == FAILS ? -1 : syscall(SYS_pread64, fd, data, part, offset);
}

ssize_t write(int fd, const void *data, size_t length)
{
    size_t part;
    ssize_t n;

    if (!is_watched(fd))
        return syscall(SYS_write, fd, data, length);
    part = part_of('w', length);
    if (part == FAILS)
        return -1;
    begin();
    n = syscall(SYS_write, fd, data, part);
    if (n > 0)
        journal_transfer(fd, lseek(fd, 0, SEEK_CUR) - n, data, n);
    return end(n, errno);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset)
{
    size_t part;
    ssize_t n;

    if (!is_watched(fd))
        return syscall(SYS_pwrite64, fd, data, length, offset);
    part = part_of('w', length);
    if (part == FAILS)
        return -1;
    begin();
    n = syscall(SYS_pwrite64, fd, data, part, offset);
    journal_transfer(fd, offset, data, n);
    return end(n, errno);
}

int ftruncate(int fd, off_t size)
{
    int r;

    if (is_watched(fd) && must_fail('w'))
        return -1;
    begin();
    r = (int)syscall(SYS_ftruncate, fd, size);
    if (r == 0 && is_watched(fd))
        journal("truncate\t%d\t%lld\n", fd, (long long)size);
    return (int)end(r, errno);
}

ssize_t pread64(int fd, void *data, size_t length, off_t offset) ALIAS(pread);
ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) ALIAS(pwrite);
int ftruncate64(int fd, off_t size) ALIAS(ftruncate);

/* ---- syncing: the journal is what counts, the machine's own disk need not be waited for ---- */

static int sync_watched(int fd, const char *what, long number)
{
    if (!is_watched(fd))
        return (int)syscall(number, fd);
    if (must_fail('s'))
        return -1;
    begin();
    journal("%s\t%d\n", what, fd);
    return (int)end(0, errno);
}

int fsync(int fd)
{
    return sync_watched(fd, "sync", SYS_fsync);
}

int fdatasync(int fd)
{
    return sync_watched(fd, "sync", SYS_fdatasync);
}

int syncfs(int fd)
{
    return sync_watched(fd, "syncfs", SYS_syncfs);
}

/* ---- memory ---- */

void *malloc(size_t size)
{
    return must_fail('a') ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return must_fail('a') ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return must_fail('a') ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
    size_t bytes;

    if (must_fail('a') || __builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return __libc_realloc(old, bytes);
}
