/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sandbox/restoration.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "sandbox/reader.h"
#include "sandbox/restoration_jail.h"

#define VERSION_MAX  40 /* of PostgreSQL; the newest reads the dumps of all before it */
#define VERSION_MIN  12 /* the first that writes its script where it is told to */
#define ENDING_MS    10000
#define LOW_FD_COUNT (RESTORATION_DUMP_FD + 1)

/* A program, not the script that Debian has in its place. */
static bool is_program(const char *path)
{
    CLEANUP(close_cleanup) int fd = access(path, X_OK) == 0 ? file_open(path) : -1;
    struct tq_error ignored;
    char head[4];
    size_t got = 0;

    return fd >= 0 && file_read(fd, head, sizeof(head), &got, &ignored) == TQ_OK
           && got == sizeof(head) && memcmp(head, "\177ELF", sizeof(head)) == 0;
}

/* The newest there is; NULL: none, or no memory. Owned. */
static char *find_program(void)
{
    static const char *const versioned[] = {"/usr/lib/postgresql/", "/usr/pgsql-"};
    static const char *const plain[] = {"/usr/local/pgsql/bin/pg_restore",
                                        "/usr/local/bin/pg_restore", "/usr/bin/pg_restore"};
    char path[64];

    for (int version = VERSION_MAX; version >= VERSION_MIN; version--) {
        for (size_t i = 0; i < sizeof(versioned) / sizeof(versioned[0]); i++) {
            (void)snprintf(path, sizeof(path), "%s%d/bin/pg_restore", versioned[i], version);
            if (is_program(path))
                return strdup(path);
        }
    }
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (is_program(plain[i]))
            return strdup(plain[i]);
    }
    return NULL;
}

int restoration_find(struct restoration_tools *out_tools, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *program = find_program();
    char *jail;
    int r;

    *out_tools = (struct restoration_tools){0};
    if (!program)
        return TQ_OK;
    r = reader_find_program(RESTORATION_JAIL, &jail, err);
    if (r < 0)
        return r == TQ_E_NOMEM ? r : TQ_OK; /* it is not started without */
    *out_tools = (struct restoration_tools){.program = TAKE(program), .jail = jail};
    return TQ_OK;
}

void restoration_tools_clear(struct restoration_tools *tools)
{
    free(tools->program);
    free(tools->jail);
    *tools = (struct restoration_tools){0};
}

/* Nothing is open but the dump and the script. */
static int add_actions(posix_spawn_file_actions_t *actions, int dump, int script)
{
    int failed = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);

    if (!failed)
        failed = posix_spawn_file_actions_adddup2(actions, script, 1);
    if (!failed)
        failed = posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(actions, dump, RESTORATION_DUMP_FD);
    return failed ? failed : posix_spawn_file_actions_addclosefrom_np(actions, LOW_FD_COUNT);
}

/* A signal that is ignored here is not ignored there: it ends when nobody reads its script. */
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t pipe_signal;
    int failed;

    (void)sigemptyset(&pipe_signal);
    (void)sigaddset(&pipe_signal, SIGPIPE);
    failed = posix_spawnattr_setsigdefault(attributes, &pipe_signal);
    return failed ? failed : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF);
}

/* Both descriptors are above those that the program gets. */
static int spawn(const struct restoration_tools *tools, int dump, int script, pid_t *out_pid,
                 struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf preload = {0};
    char locale[] = "LC_ALL=C", to_file[] = "--file=-";
    char *arguments[] = {tools->program, to_file, NULL};
    char *environment[] = {locale, NULL, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed;

    buf_format(&preload, "LD_PRELOAD=%s", tools->jail);
    if (buf_check(&preload, err) < 0 || posix_spawn_file_actions_init(&actions) != 0)
        return tq_no_memory(err);
    environment[1] = preload.data;
    (void)posix_spawnattr_init(&attributes);
    failed = add_actions(&actions, dump, script);
    if (!failed)
        failed = set_signals(&attributes);
    if (!failed)
        failed =
            posix_spawn(out_pid, tools->program, &actions, &attributes, arguments, environment);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return tq_fail(err, TQ_E_IO, "could not start '%s': %s", tools->program, strerror(failed));
    return TQ_OK;
}

int restoration_start(const struct restoration_tools *tools, int dump,
                      struct restoration *out_restoration, struct tq_error *err)
{
    CLEANUP(close_cleanup) int raised_dump = fcntl(dump, F_DUPFD_CLOEXEC, LOW_FD_COUNT);
    CLEANUP(close_cleanup) int raised_script = -1;
    CLEANUP(close_cleanup) int write_end = -1;
    CLEANUP(close_cleanup) int read_end = -1;
    struct restoration restoration = {0};
    int ends[2], r;

    if (raised_dump < 0 || pipe2(ends, O_CLOEXEC) < 0)
        return tq_fail(err, TQ_E_IO, "could not make a pipe: %s", strerror(errno));
    read_end = ends[0];
    write_end = ends[1];
    raised_script = fcntl(write_end, F_DUPFD_CLOEXEC, LOW_FD_COUNT);
    if (raised_script < 0)
        return tq_fail(err, TQ_E_IO, "could not duplicate a descriptor: %s", strerror(errno));
    r = spawn(tools, raised_dump, raised_script, &restoration.pid, err);
    if (r < 0)
        return r;
    restoration.script = read_end;
    read_end = -1;
    *out_restoration = restoration;
    return TQ_OK;
}

/* Whether it ended by itself within the time it is given; *out_status then. */
static bool await_end(pid_t pid, int *out_status)
{
    for (int i = 0; i < ENDING_MS; i++) {
        pid_t ended = waitpid(pid, out_status, WNOHANG);

        if (ended == pid)
            return true;
        if (ended < 0 && errno != EINTR)
            return false;
        (void)poll(NULL, 0, 1);
    }
    return false;
}

enum restoration_end restoration_stop(struct restoration *restoration, bool was_read)
{
    int status = 0;

    (void)close(restoration->script);
    if (!was_read || !await_end(restoration->pid, &status)) {
        (void)kill(restoration->pid, SIGKILL);
        while (waitpid(restoration->pid, &status, 0) < 0 && errno == EINTR)
            ;
        return RESTORATION_UNREAD;
    }
    if (WIFEXITED(status))
        return WEXITSTATUS(status) == 0 ? RESTORATION_WHOLE : RESTORATION_FAILED;
    if (WTERMSIG(status) == SIGPIPE)
        return RESTORATION_UNREAD;
    return WTERMSIG(status) == SIGKILL ? RESTORATION_KILLED : RESTORATION_FAILED;
}
