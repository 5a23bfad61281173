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
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "sandbox/wire.h"

#define READER_FD     3 /* the wire, in the reader */
#define LIFELINE_FD   4 /* a pipe whose other end closes when this process dies, however */
#define REASON_BYTES  200u
#define RECEIVE_BYTES ((size_t)1 << 20)
#define DYING_MS      10000 /* a large process takes its time */
#define STARTS_MAX    5     /* a reader may be killed while it starts: that is nobody's doing */

const struct reader_limits reader_limits_default = {
    .silence_ms_max = 120 * 1000,
    .exhibit_ms_min = 30 * 60 * 1000,
    .exhibit_ms_mib = 1000, /* ten times what the slowest format needs */
    .memory_bytes_max = (uint64_t)4 << 30,
    .output_bytes_min = (uint64_t)1 << 30,
    .output_ratio = 4 * CONTAINER_RATIO_MAX, /* cells and words take more room than their bytes */
};

struct reader {
    char *program;
    struct reader_limits limits;
    pid_t pid;     /* 0: not running */
    uint64_t jobs; /* that this process was given */
    int socket, lifeline;
    uint64_t waited_ms, waited_ms_max; /* for this exhibit */
    uint64_t accepted, accepted_max;   /* bytes of this exhibit */
    char *received;                    /* bytes read ahead from the wire; aligned by malloc */
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
    reader->socket = reader->lifeline = -1;
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
    if (reader->lifeline >= 0)
        (void)close(reader->lifeline);
    reader->socket = reader->lifeline = -1;
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
static int spawn(struct reader *reader, int theirs, int lifeline, struct tq_error *err)
{
    char locale[] = "LC_ALL=C.UTF-8";
    char threads[] = "OMP_THREAD_LIMIT=1"; /* the jail has no clone(), and readers are many */
    char *environment[] = {locale, threads, NULL};
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
        failed = posix_spawn_file_actions_adddup2(&actions, lifeline, LIFELINE_FD);
    if (!failed)
        failed = posix_spawn_file_actions_addclosefrom_np(&actions, LIFELINE_FD + 1);
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

/* A descriptor that dup2() may give any of the low numbers to must not have one of them itself. */
static int raise_descriptor(int fd)
{
    int raised = fcntl(fd, F_DUPFD_CLOEXEC, LIFELINE_FD + 1);
    int failed = errno;

    (void)close(fd);
    errno = failed;
    return raised;
}

static int open_wire(struct reader *reader, int theirs[2], struct tq_error *err)
{
    int wire[2], lifeline[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, wire) < 0)
        return tq_fail(err, TQ_E_IO, "could not make a socket pair: %s", strerror(errno));
    if (pipe2(lifeline, O_CLOEXEC) < 0) {
        int r = tq_fail(err, TQ_E_IO, "could not make a pipe: %s", strerror(errno));

        (void)close(wire[0]);
        (void)close(wire[1]);
        return r;
    }
    reader->socket = wire[0];
    reader->lifeline = lifeline[1];
    theirs[0] = raise_descriptor(wire[1]);
    theirs[1] = raise_descriptor(lifeline[0]);
    if (theirs[0] >= 0 && theirs[1] >= 0)
        return TQ_OK;
    if (theirs[0] >= 0)
        (void)close(theirs[0]);
    if (theirs[1] >= 0)
        (void)close(theirs[1]);
    return tq_fail(err, TQ_E_IO, "could not duplicate a descriptor: %s", strerror(errno));
}

static uint64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Wait for bytes; false if the reader was silent for too long. A pause counts as silence at most:
 * when all of us were stopped, that was not the reader's doing. */
static bool await(struct reader *reader)
{
    struct pollfd ready = {.fd = reader->socket, .events = POLLIN};
    uint64_t start = now_ms(), waited;
    int count;

    do {
        count = poll(&ready, 1, (int)reader->limits.silence_ms_max);
    } while (count < 0 && errno == EINTR);
    waited = now_ms() - start;
    reader->waited_ms +=
        waited < reader->limits.silence_ms_max ? waited : reader->limits.silence_ms_max;
    return count > 0;
}

static const char *explain_start(char byte)
{
    switch (byte) {
    case 0:
        return "ended at once";
    case WIRE_HAS_NO_LANGUAGE:
        return "has no language to read scans in (install tesseract-ocr-fra, -ara or -eng, or give "
               "--ocr off)";
    default:
        return "could not lock itself in (seccomp, Landlock or limits are refused)";
    }
}

/* Start the program and hear whether it is locked in; *out_died: it was not heard at all. */
static int start_once(struct reader *reader, bool *out_died, struct tq_error *err)
{
    int theirs[2] = {-1, -1};
    char byte;
    ssize_t got;
    int r = open_wire(reader, theirs, err);

    *out_died = false;
    if (r == TQ_OK) {
        r = spawn(reader, theirs[0], theirs[1], err);
        (void)close(theirs[0]);
        (void)close(theirs[1]);
    }
    if (r < 0) {
        (void)stop(reader);
        return r;
    }
    do {
        got = await(reader) ? recv(reader->socket, &byte, 1, 0) : 0;
    } while (got < 0 && errno == EINTR);
    if (got == 1 && byte == WIRE_IS_READY)
        return TQ_OK;
    (void)stop(reader);
    *out_died = got != 1;
    return tq_fail(err, TQ_E_IO, "could not start the reader '%s': it %s", reader->program,
                   explain_start(got == 1 ? byte : 0));
}

/* A reader that cannot start is the world's failure: noting it on every exhibit would pass for an
 * inquiry that found nothing. */
static int start(struct reader *reader, struct tq_error *err)
{
    bool died = true;
    int r = TQ_OK;

    if (reader->pid > 0)
        return TQ_OK;
    reader->jobs = 0;
    for (int i = 0; i < STARTS_MAX && died; i++)
        r = start_once(reader, &died, err);
    return r;
}

/* ---- receiving ---- */

/* Wait for bytes and read some; READER_DONE if there are more, else how the reader ended. */
static enum reader_end receive_some(struct reader *reader)
{
    ssize_t got;

    if (!await(reader) || reader->waited_ms > reader->waited_ms_max)
        return READER_LIMIT;
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
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        (void)snprintf(out_reason, REASON_BYTES, "the reader was killed");
    else if (WIFSIGNALED(status))
        (void)snprintf(out_reason, REASON_BYTES, "the reader crashed (%s)",
                       strsignal(WTERMSIG(status)));
    else
        (void)snprintf(out_reason, REASON_BYTES, "the reader ended before its time");
}

/* The limits in the words of the settings, not of the clock: a note must not change from run to
 * run. */
static void explain_limit(const struct reader *reader, char *out_reason)
{
    if (reader->accepted > reader->accepted_max)
        (void)snprintf(out_reason, REASON_BYTES,
                       "it yields more than anything but an attack does: over %llu MiB",
                       (unsigned long long)(reader->accepted_max >> 20));
    else if (reader->waited_ms > reader->waited_ms_max)
        (void)snprintf(out_reason, REASON_BYTES, "reading it took longer than %llu minutes",
                       (unsigned long long)(reader->waited_ms_max / 60000));
    else
        (void)snprintf(out_reason, REASON_BYTES,
                       "the reader was silent for %u seconds of wall-clock time",
                       reader->limits.silence_ms_max / 1000);
}

static void explain(struct reader *reader, enum reader_end end, const struct tq_error *err,
                    char *out_reason)
{
    int status = 0;

    /* A reader that closed the wire is dying, in most cases: let it, so that its own signal can be
     * named. One that has taken to closing it and living on is not waited for long. */
    if (end == READER_CRASHED) {
        for (int i = 0; i < DYING_MS && reader->pid > 0; i++) {
            pid_t ended = waitpid(reader->pid, &status, WNOHANG);

            if (ended == reader->pid || (ended < 0 && errno != EINTR))
                reader->pid = 0;
            else
                (void)poll(NULL, 0, 1);
        }
    }
    (void)stop(reader);
    if (end == READER_LIMIT)
        explain_limit(reader, out_reason);
    else if (end == READER_BROKE)
        (void)snprintf(out_reason, REASON_BYTES, "%.150s", err->message);
    else
        explain_crash(status, out_reason);
}

/* Whether this exhibit may yield so much more. */
static bool may_yield(struct reader *reader, const struct wire_frame *frame)
{
    reader->accepted += sizeof(*frame) + frame->length;
    return reader->accepted <= reader->accepted_max;
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
    if (!may_yield(reader, &frame)) {
        *out_end = READER_LIMIT;
        return TQ_OK;
    }
    r = want(reader, sizeof(frame) + frame.length, out_end, err);
    if (r < 0 || *out_end != READER_DONE)
        return r;
    payload = reader->received + reader->received_start + sizeof(frame);
    reader->received_start += sizeof(frame) + frame.length;
    if (frame.type == WIRE_DONE)
        return TQ_OK;
    if (frame.type == WIRE_FAILED) {
        *out_end = READER_GAVE_UP;
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

bool reader_should_retry(const struct reader *reader, enum reader_end end)
{
    return end == READER_CRASHED || end == READER_BROKE
           || (end == READER_GAVE_UP && reader->jobs > 1);
}

static void set_limits(struct reader *reader, uint64_t size_bytes)
{
    const struct reader_limits *limits = &reader->limits;

    reader->waited_ms = reader->accepted = 0;
    reader->waited_ms_max = limits->exhibit_ms_min + (size_bytes >> 20) * limits->exhibit_ms_mib;
    reader->accepted_max = size_bytes < UINT64_MAX / 2 / (limits->output_ratio + 1)
                               ? limits->output_bytes_min + size_bytes * limits->output_ratio
                               : UINT64_MAX / 2;
}

static int send_job(struct reader *reader, const struct reader_job *exhibit, struct tq_error *err)
{
    struct wire_job job = {.size_bytes = exhibit->size_bytes,
                           .members_bytes_max = exhibit->members_bytes_max,
                           .pictures_max = exhibit->pictures_max,
                           .is_script = exhibit->is_script};
    struct slice name = exhibit->name;
    int r;

    if (name.length > FILE_NAME_MAX)
        name = slice_skip(name, name.length - FILE_NAME_MAX); /* the extension is at the end */
    job.name_length = (uint32_t)name.length;
    if (name.length > 0)
        memcpy(job.name, name.data, name.length);
    if (exhibit->passwords)
        job.passwords_bytes = (uint32_t)exhibit->passwords->length;
    r = wire_send_job(reader->socket, &job, exhibit->fd, err);
    return r < 0 || !exhibit->passwords
               ? r
               : wire_send_passwords(reader->socket, exhibit->passwords, err);
}

int reader_read(struct reader *reader, const struct reader_job *exhibit, const struct sink *sink,
                enum reader_end *out_end, char *out_reason, struct tq_error *err)
{
    char reason[REASON_BYTES];
    struct tq_error sending;
    int r = start(reader, err);

    if (r < 0)
        return r;
    set_limits(reader, exhibit->size_bytes);
    reader->jobs++;
    if (send_job(reader, exhibit, &sending) < 0) {
        /* It died between two jobs: that is not this exhibit's doing. */
        (void)stop(reader);
        *out_end = READER_CRASHED;
        (void)snprintf(out_reason ? out_reason : reason, REASON_BYTES, "the reader was killed");
        return TQ_OK;
    }
    return receive_job(reader, sink, out_end, out_reason ? out_reason : reason, err);
}

int reader_find_program(const char *name, char **out_path, struct tq_error *err)
{
    static const char *const places[] = {".", "../libexec/tahqiq", "../reader"};
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
        CLEANUP(free_cleanup) char *folder = file_join(self, places[i]);
        CLEANUP(free_cleanup) char *path = folder ? file_join(folder, name) : NULL;

        if (!path)
            return tq_no_memory(err);
        if (access(path, X_OK) == 0) {
            *out_path = TAKE(path);
            return TQ_OK;
        }
    }
    return tq_fail(err, TQ_E_IO, "could not find %s beside '%s'", name, self);
}
