/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sandbox/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock by raw calls: Debian 12's headers are older than its kernels (landlock(7)). */
#define LANDLOCK_CREATE_RULESET_CALL 444
#define LANDLOCK_RESTRICT_SELF_CALL  446
#define LANDLOCK_VERSION_FLAG        1u
#define LANDLOCK_FS_ABI1             ((1ull << 13) - 1) /* execute ... make_sym */
#define LANDLOCK_FS_REFER            (1ull << 13)       /* ABI 2 */
#define LANDLOCK_FS_TRUNCATE         (1ull << 14)       /* ABI 3 */
#define LANDLOCK_FS_IOCTL            (1ull << 15)       /* ABI 5 */
#define LANDLOCK_NET_ALL             3ull               /* ABI 4: bind and connect */
#define LANDLOCK_SCOPE_ALL           3ull               /* ABI 6: abstract sockets and signals */

struct landlock_rules {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

/* Deny everything the running kernel knows how to deny; a kernel without Landlock denies nothing
 * here, and seccomp still refuses the calls. */
static int deny_files(struct tq_error *err)
{
    long abi = syscall(LANDLOCK_CREATE_RULESET_CALL, NULL, 0, LANDLOCK_VERSION_FLAG);
    struct landlock_rules rules = {.handled_access_fs = LANDLOCK_FS_ABI1};
    size_t size = sizeof(rules.handled_access_fs);
    long fd;
    int r = TQ_OK;

    if (abi < 1)
        return TQ_OK;
    if (abi >= 2)
        rules.handled_access_fs |= LANDLOCK_FS_REFER;
    if (abi >= 3)
        rules.handled_access_fs |= LANDLOCK_FS_TRUNCATE;
    if (abi >= 4) {
        rules.handled_access_net = LANDLOCK_NET_ALL;
        size = 2 * sizeof(uint64_t);
    }
    if (abi >= 5)
        rules.handled_access_fs |= LANDLOCK_FS_IOCTL;
    if (abi >= 6) {
        rules.scoped = LANDLOCK_SCOPE_ALL;
        size = sizeof(rules);
    }
    fd = syscall(LANDLOCK_CREATE_RULESET_CALL, &rules, size, 0);
    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not make a Landlock ruleset: %s", strerror(errno));
    if (syscall(LANDLOCK_RESTRICT_SELF_CALL, fd, 0) < 0)
        r = tq_fail(err, TQ_E_IO, "could not enter Landlock: %s", strerror(errno));
    (void)close((int)fd);
    return r;
}

static int limit(int resource, uint64_t value, struct tq_error *err)
{
    struct rlimit both = {value, value};

    if (setrlimit((__rlimit_resource_t)resource, &both) < 0)
        return tq_fail(err, TQ_E_IO, "could not set a resource limit: %s", strerror(errno));
    return TQ_OK;
}

static int limit_resources(uint64_t memory_bytes_max, struct tq_error *err)
{
    int r = limit(RLIMIT_CORE, 0, err);

    if (r < 0)
        return r;
    r = limit(RLIMIT_FSIZE, 0, err);
    if (r < 0)
        return r;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void)memory_bytes_max; /* the sanitizer's shadow memory is larger than any sensible limit */
    return TQ_OK;
#else
    return limit(RLIMIT_AS, memory_bytes_max, err);
#endif
}

static const int allowed_calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(close),
    SCMP_SYS(dup),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getrandom),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(sched_yield),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(poll),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(getrusage),
    SCMP_SYS(clock_nanosleep),
};

/* Calls that reach other processes of the same user are allowed for this one only: signals (abort()
 * sends itself one), limits, and fcntl() but for F_SETOWN, which has the kernel send signals. */
static int add_rules_for_itself(scmp_filter_ctx filter)
{
    static const unsigned commands[] = {F_GETFD, F_SETFD, F_GETFL};
    int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                             SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));

    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
                             SCMP_A0(SCMP_CMP_EQ, 0));
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && r == 0; i++)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                             SCMP_A1(SCMP_CMP_EQ, commands[i]));
    return r;
}

/* Memory may be mapped, but never executable. newfstatat only asks about an open descriptor:
 * Landlock does not cover stat, so a path must not be given; an empty one is all that glibc's
 * fstat() needs, and seccomp cannot see it, hence the check of the flag. */
static int add_rules(scmp_filter_ctx filter)
{
    int r = 0;

    for (size_t i = 0; i < sizeof(allowed_calls) / sizeof(allowed_calls[0]) && r == 0; i++)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                             SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                             SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                             SCMP_A3(SCMP_CMP_EQ, 0x1000 /* AT_EMPTY_PATH */));
    return r == 0 ? add_rules_for_itself(filter) : r;
}

static int filter_calls(struct tq_error *err)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    int r;

    if (!filter)
        return tq_no_memory(err);
    r = add_rules(filter);
    if (r == 0)
        r = seccomp_load(filter);
    seccomp_release(filter);
    if (r < 0)
        return tq_fail(err, TQ_E_IO, "could not enter seccomp: %s", strerror(-r));
    return TQ_OK;
}

int jail_enter(uint64_t memory_bytes_max, struct tq_error *err)
{
    int r;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return tq_fail(err, TQ_E_IO, "could not drop privileges: %s", strerror(errno));
    r = deny_files(err);
    if (r < 0)
        return r;
    r = limit_resources(memory_bytes_max, err);
    if (r < 0)
        return r;
    return filter_calls(err);
}
