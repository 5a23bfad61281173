/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sandbox/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "sandbox/wire.h"

#define READER_FD     3 /* the wire, in the reader */
#define REASON_BYTES  200u
#define RECEIVE_BYTES ((size_t)1 << 20)

const struct reader_limits reader_limits_default = {
    .wall_ms_max = 120 * 1000, /* of silence: a reader that works sends something */
    .memory_bytes_max = (uint64_t)4 << 30,
};

struct reader {
    char *program;
    struct reader_limits limits;
    pid_t pid; /* 0: not running */
    int socket;
    char *received; /* bytes read ahead from the wire; aligned by malloc */
    size_t received_start, received_end, received_capacity;
};

int reader_new(const char *program, const struct reader_limits *limits, struct reader **out_reader,
               struct tq_error *err)
{
    struct reader *reader = alloc_zeroed(1, sizeof(*reader));

    if (!reader)
        return tq_no_memory(err);
    reader->program = strdup(program);
    reader->limits = *limits;
    reader->socket = -1;
    if (!reader->program) {
        free(reader);
        return tq_no_memory(err);
    }
    *out_reader = reader;
    return TQ_OK;
}

/* End the process, however it is, and collect it. */
static int stop(struct reader *reader)
{
    int status = 0;

    if (reader->socket >= 0)
        (void)close(reader->socket);
    reader->socket = -1;
    reader->received_start = reader->received_end = 0;
    if (reader->pid > 0) {
        (void)kill(reader->pid, SIGKILL);
        while (waitpid(reader->pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    reader->pid = 0;
    return status;
}

struct reader *reader_free(struct reader *reader)
{
    if (!reader)
        return NULL;
    (void)stop(reader);
    free(reader->program);
    free(reader->received);
    free(reader);
    return NULL;
}

/* Start the program with nothing open but the wire, and an environment that holds no secret. */
static int spawn(struct reader *reader, int theirs, struct tq_error *err)
{
    char locale[] = "LC_ALL=C.UTF-8";
    char *environment[] = {locale, NULL};
    char memory[32];
    char *arguments[] = {reader->program, memory, NULL};
    posix_spawn_file_actions_t actions;
    int failed;

    (void)snprintf(memory, sizeof(memory), "%llu",
                   (unsigned long long)reader->limits.memory_bytes_max);
    if (posix_spawn_file_actions_init(&actions) != 0)
        return tq_no_memory(err);
    failed = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, theirs, READER_FD);
    if (!failed)
        failed = posix_spawn_file_actions_addclosefrom_np(&actions, READER_FD + 1);
    if (!failed)
        failed = posix_spawn(&reader->pid, reader->program, &actions, NULL, arguments, environment);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (failed) {
        reader->pid = 0;
        return tq_fail(err, TQ_E_IO, "could not start the reader '%s': %s", reader->program,
                       strerror(failed));
    }
    return TQ_OK;
}

static int start(struct reader *reader, struct tq_error *err)
{
    int pair[2];
    int r;

    if (reader->pid > 0)
        return TQ_OK;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return tq_fail(err, TQ_E_IO, "could not make a socket pair: %s", strerror(errno));
    r = spawn(reader, pair[1], err);
    (void)close(pair[1]);
    if (r < 0) {
        (void)close(pair[0]);
        return r;
    }
    reader->socket = pair[0];
    return TQ_OK;
}

/* ---- receiving ---- */

/* Wait for bytes and read some; READER_DONE if there are more, else how the reader ended. */
static enum reader_end receive_some(struct reader *reader)
{
    struct pollfd ready = {.fd = reader->socket, .events = POLLIN};
    ssize_t got;
    int count;

    do {
        count = poll(&ready, 1, (int)reader->limits.wall_ms_max);
    } while (count < 0 && errno == EINTR);
    if (count <= 0)
        return READER_TIMEOUT;
    do {
        got = recv(reader->socket, reader->received + reader->received_end,
                   reader->received_capacity - reader->received_end, 0);
    } while (got < 0 && errno == EINTR);
    if (got <= 0)
        return READER_CRASHED;
    reader->received_end += (size_t)got;
    return READER_DONE;
}

/* Have `length` bytes at received_start. */
static int want(struct reader *reader, size_t length, enum reader_end *out_end,
                struct tq_error *err)
{
    size_t have = reader->received_end - reader->received_start;

    *out_end = READER_DONE;
    if (have >= length)
        return TQ_OK;
    if (have > 0)
        memmove(reader->received, reader->received + reader->received_start, have);
    reader->received_start = 0;
    reader->received_end = have;
    if (reader->received_capacity < length || reader->received_capacity < RECEIVE_BYTES) {
        size_t wanted = length > RECEIVE_BYTES ? length : RECEIVE_BYTES;
        int r = alloc_reserve(&reader->received, &reader->received_capacity, wanted, 1, err);

        if (r < 0)
            return r;
    }
    while (*out_end == READER_DONE && reader->received_end < length)
        *out_end = receive_some(reader);
    return TQ_OK;
}

static void explain_crash(int status, char *out_reason)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
        (void)snprintf(out_reason, REASON_BYTES, "the reader crashed (%s)",
                       strsignal(WTERMSIG(status)));
    else
        (void)snprintf(out_reason, REASON_BYTES, "the reader ended before its time");
}

static void explain(struct reader *reader, enum reader_end end, const struct tq_error *err,
                    char *out_reason)
{
    int status = 0;

    /* A reader that closed the wire is dying: let it, so that its own signal can be named. */
    if (end == READER_CRASHED) {
        while (waitpid(reader->pid, &status, 0) < 0 && errno == EINTR)
            ;
        reader->pid = 0;
    }
    (void)stop(reader);
    if (end == READER_TIMEOUT)
        (void)snprintf(out_reason, REASON_BYTES,
                       "the reader was silent for %u seconds of wall-clock time",
                       reader->limits.wall_ms_max / 1000);
    else if (end == READER_BROKE)
        (void)snprintf(out_reason, REASON_BYTES, "%.150s", err->message);
    else
        explain_crash(status, out_reason);
}

/* One message. *out_last: the job is over. */
static int receive_message(struct reader *reader, struct wire_state *state, const struct sink *sink,
                           bool *out_last, enum reader_end *out_end, char *out_reason,
                           struct tq_error *err)
{
    struct wire_frame frame;
    const char *payload;
    int r;

    *out_last = true;
    r = want(reader, sizeof(frame), out_end, err);
    if (r < 0 || *out_end != READER_DONE)
        return r;
    memcpy(&frame, reader->received + reader->received_start, sizeof(frame));
    if (!wire_allows(state, &frame)) {
        *out_end = READER_BROKE;
        return tq_fail(err, TQ_E_PEER, "the reader spoke nonsense: a message out of turn");
    }
    r = want(reader, sizeof(frame) + frame.length, out_end, err);
    if (r < 0 || *out_end != READER_DONE)
        return r;
    payload = reader->received + reader->received_start + sizeof(frame);
    reader->received_start += sizeof(frame) + frame.length;
    if (frame.type == WIRE_DONE)
        return TQ_OK;
    if (frame.type == WIRE_FAILED) {
        *out_end = READER_CRASHED;
        (void)snprintf(out_reason, REASON_BYTES, "the reader gave up: %.*s",
                       (int)(frame.length < 150 ? frame.length : 150), payload);
        return TQ_OK;
    }
    *out_last = false;
    r = wire_deliver(state, &frame, payload, sink, err);
    if (r == TQ_E_PEER)
        *out_end = READER_BROKE;
    return r;
}

static int receive_job(struct reader *reader, const struct sink *sink, enum reader_end *out_end,
                       char *out_reason, struct tq_error *err)
{
    struct wire_state state = {0};
    bool last = false;
    int r = TQ_OK;

    out_reason[0] = '\0';
    *out_end = READER_DONE;
    while (!last && r == TQ_OK)
        r = receive_message(reader, &state, sink, &last, out_end, out_reason, err);
    if (r < 0 && *out_end != READER_BROKE) {
        (void)stop(reader); /* the sink refused: what the reader still says is of no use */
        return r;
    }
    if (*out_end != READER_DONE && out_reason[0] == '\0')
        explain(reader, *out_end, err, out_reason);
    else if (*out_end != READER_DONE)
        (void)stop(reader);
    return TQ_OK;
}

int reader_read(struct reader *reader, int fd, uint64_t size_bytes, struct slice name,
                const struct sink *sink, enum reader_end *out_end, char *out_reason,
                struct tq_error *err)
{
    struct wire_job job = {.size_bytes = size_bytes};
    char reason[REASON_BYTES];
    struct tq_error sending;
    int r;

    if (name.length > FILE_NAME_MAX)
        name = slice_skip(name, name.length - FILE_NAME_MAX); /* the extension is at the end */
    job.name_length = (uint32_t)name.length;
    if (name.length > 0)
        memcpy(job.name, name.data, name.length);

    r = start(reader, err);
    if (r < 0)
        return r;
    if (wire_send_job(reader->socket, &job, fd, &sending) < 0) {
        /* It died between two jobs: that is not this exhibit's doing. Try once with a new one. */
        (void)stop(reader);
        r = start(reader, err);
        if (r < 0)
            return r;
        r = wire_send_job(reader->socket, &job, fd, err);
        if (r < 0)
            return r;
    }
    return receive_job(reader, sink, out_end, out_reason ? out_reason : reason, err);
}

int reader_find_program(char **out_path, struct tq_error *err)
{
    static const char *const places[] = {"tahqiq-reader", "../libexec/tahqiq/tahqiq-reader",
                                         "../reader/tahqiq-reader"};
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *slash;

    if (length <= 0)
        return tq_fail(err, TQ_E_IO, "could not find the running program: %s", strerror(errno));
    self[length] = '\0';
    slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        CLEANUP(free_cleanup) char *path = file_join(self, places[i]);

        if (!path)
            return tq_no_memory(err);
        if (access(path, X_OK) == 0) {
            *out_path = TAKE(path);
            return TQ_OK;
        }
    }
    return tq_fail(err, TQ_E_IO, "could not find tahqiq-reader beside '%s'", self);
}
