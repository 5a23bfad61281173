/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ledger/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/hash.h"

#define LINE_BYTES_MAX ((size_t)16 << 20) /* no detail is near that; a longer line is damage */
#define TAIL_BYTES     ((size_t)64 << 10) /* first guess at where the last line starts */
/* How much is written before it is synced, so that a power cut cannot lose more. Where that begins
 * is looked for in several times as much: another program may have been killed before it synced. */
#define UNSYNCED_BYTES_MAX ((size_t)1 << 20)
#define HOLE_BYTES_MAX     (4 * UNSYNCED_BYTES_MAX)
#define NO_HASH            "0000000000000000000000000000000000000000000000000000000000000000"

/* What the end of a whole line looks like: ,"hash":"..."} */
#define HASH_START       ",\"hash\":\""
#define HASH_END         "\"}"
#define HASH_FIELD_BYTES (sizeof(HASH_START) - 1 + SHA256_HEX + sizeof(HASH_END) - 1)

struct ledger {
    char *path;
    int fd;
    pthread_mutex_t mutex;
    uint64_t end; /* bytes up to and with the last entry that we know */
    uint64_t seq; /* of that entry; 0: none */
    char hash[SHA256_HEX + 1];
    struct buf line; /* the entry being written */
};

DEFINE_CLEANUP(struct ledger *, ledger_close)

static void unlock_mutex(pthread_mutex_t **mutex)
{
    (void)pthread_mutex_unlock(*mutex);
}

static void unlock_file(int *fd)
{
    (void)flock(*fd, LOCK_UN);
}

static int fail_write(const struct ledger *ledger, struct tq_error *err)
{
    return tq_fail(err, TQ_E_IO, "could not write the ledger '%s': %s", ledger->path,
                   strerror(errno));
}

static int lock_file(const struct ledger *ledger, struct tq_error *err)
{
    int done;

    do
        done = flock(ledger->fd, LOCK_EX);
    while (done < 0 && errno == EINTR);
    if (done < 0)
        return tq_fail(err, TQ_E_IO, "could not lock the ledger '%s': %s", ledger->path,
                       strerror(errno));
    return TQ_OK;
}

/* ---- writing an entry; the file is locked and its end known ---- */

static void add_time(struct buf *out)
{
    time_t now = time(NULL);
    struct tm parts;
    char text[sizeof("9999-12-31T23:59:59Z") + 8];

    if (!gmtime_r(&now, &parts) || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        text[0] = '\0'; /* a clock beyond the year 9999: the chain still holds */
    buf_add_text(out, text);
}

static int hash_line(struct slice line, char hash[SHA256_HEX + 1], struct tq_error *err)
{
    uint8_t digest[SHA256_BYTES];
    int r = sha256_of(line, digest, err);

    if (r < 0)
        return r;
    hex_of(digest, sizeof(digest), hash);
    return TQ_OK;
}

/* Undo a line that was written in part (a full disk): the file ends with a whole entry again. If
 * even that fails, the next one to open the ledger does it. */
static int undo_write(const struct ledger *ledger, struct tq_error *err)
{
    int r = fail_write(ledger, err);

    if (ftruncate(ledger->fd, (off_t)ledger->end) < 0 || fdatasync(ledger->fd) < 0)
        return r;
    return r;
}

/* Whether a limit of what may wait to be synced lies between two lengths of the file. */
static bool must_sync(uint64_t before, uint64_t after)
{
    return before / UNSYNCED_BYTES_MAX != after / UNSYNCED_BYTES_MAX;
}

static int write_entry(struct ledger *ledger, const char *action, struct slice detail,
                       struct tq_error *err)
{
    struct buf *line = &ledger->line;
    char hash[SHA256_HEX + 1];
    int r;

    buf_empty(line);
    buf_format(line, "{\"seq\":%llu,\"time\":\"", (unsigned long long)ledger->seq + 1);
    add_time(line);
    buf_add_text(line, "\",\"action\":");
    escape_json(line, slice_of(action));
    buf_add_text(line, ",\"detail\":");
    buf_add_slice(line, detail);
    buf_format(line, ",\"prev\":\"%s\"", ledger->hash);
    r = buf_check(line, err);
    if (r < 0)
        return r;
    r = hash_line(buf_slice(line), hash, err);
    if (r < 0)
        return r;
    buf_format(line, HASH_START "%s" HASH_END "\n", hash);
    r = buf_check(line, err);
    if (r < 0)
        return r;
    if (line->length > LINE_BYTES_MAX)
        return tq_fail(err, TQ_E_LIMIT, "a ledger entry of %zu bytes", line->length);
    if (file_write(ledger->fd, line->data, line->length, err) < 0)
        return undo_write(ledger, err);

    ledger->end += line->length;
    ledger->seq++;
    memcpy(ledger->hash, hash, sizeof(hash));
    return TQ_OK;
}

/* ---- finding the end ---- */

static int damaged(const struct ledger *ledger, struct tq_error *err)
{
    return tq_fail(err, TQ_E_KEY,
                   "the ledger is damaged: the last line of '%s' is no entry; 'verify' tells more",
                   ledger->path);
}

/* Take seq and hash from the last whole line, which must at least agree with its own hash. */
static int take_last_line(struct ledger *ledger, struct slice line, struct tq_error *err)
{
    json_t *entry;
    json_int_t seq;
    char hash[SHA256_HEX + 1];
    struct slice sealed, stored;
    int r;

    if (line.length <= HASH_FIELD_BYTES)
        return damaged(ledger, err);
    sealed = slice_make(line.data, line.length - HASH_FIELD_BYTES);
    stored = slice_skip(line, sealed.length + sizeof(HASH_START) - 1);
    r = hash_line(sealed, hash, err);
    if (r < 0)
        return r;
    if (!slice_starts(slice_skip(line, sealed.length), SLICE_LITERAL(HASH_START))
        || !slice_starts(stored, slice_of(hash)))
        return damaged(ledger, err);

    entry = json_loadb(line.data, line.length, JSON_ALLOW_NUL, NULL);
    seq = json_integer_value(json_object_get(entry, "seq"));
    json_decref(entry);
    if (seq <= 0)
        return damaged(ledger, err);
    ledger->seq = (uint64_t)seq;
    memcpy(ledger->hash, hash, sizeof(hash));
    return TQ_OK;
}

/* Load at least the last whole line and what follows it. *out_start: where the memory starts in the
 * file. */
static int load_tail(const struct ledger *ledger, uint64_t size, struct buf *tail,
                     uint64_t *out_start, struct tq_error *err)
{
    for (size_t wanted = TAIL_BYTES;; wanted *= 4) {
        uint64_t start = size > wanted ? size - wanted : 0;
        const char *last, *before;
        size_t got;
        void *room;
        int r;

        buf_empty(tail);
        room = buf_extend(tail, size - start);
        if (!room)
            return buf_check(tail, err);
        r = file_read_at(ledger->fd, start, room, size - start, &got, err);
        if (r < 0)
            return r;
        tail->length = got;
        *out_start = start;
        last = memrchr(tail->data, '\n', tail->length);
        before = last ? memrchr(tail->data, '\n', (size_t)(last - tail->data)) : NULL;
        if (start == 0 || before)
            return TQ_OK;
        if (wanted > LINE_BYTES_MAX)
            return damaged(ledger, err);
    }
}

/* Synced, so that nothing of what was cut can come back among what is written in its place. */
static int cut_file(const struct ledger *ledger, uint64_t end, struct tq_error *err)
{
    if (ftruncate(ledger->fd, (off_t)end) < 0 || fdatasync(ledger->fd) < 0)
        return fail_write(ledger, err);
    return TQ_OK;
}

/* Write down what was cut. */
static int write_recovered(struct ledger *ledger, struct slice cut, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};
    char hash[SHA256_HEX + 1];
    int r;

    r = hash_line(cut, hash, err);
    if (r < 0)
        return r;
    buf_format(&detail, "{\"cut_bytes\":%zu,\"cut_sha256\":\"%s\"}", cut.length, hash);
    r = buf_check(&detail, err);
    if (r < 0)
        return r;
    return write_entry(ledger, "recovered", buf_slice(&detail), err);
}

static int recover(struct ledger *ledger, struct slice torn, struct tq_error *err)
{
    int r = cut_file(ledger, ledger->end, err);

    if (r < 0)
        return r;
    return write_recovered(ledger, torn, err);
}

/* Somebody else may have appended since we last looked, or died while appending. */
static int catch_up(struct ledger *ledger, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf tail = {0};
    struct stat info;
    struct slice whole, torn;
    const char *last, *before;
    uint64_t start;
    int r;

    if (fstat(ledger->fd, &info) < 0)
        return fail_write(ledger, err);
    if ((uint64_t)info.st_size == ledger->end)
        return TQ_OK;
    if ((uint64_t)info.st_size < ledger->end)
        return tq_fail(err, TQ_E_KEY, "the ledger is damaged: '%s' has become shorter",
                       ledger->path);

    r = load_tail(ledger, (uint64_t)info.st_size, &tail, &start, err);
    if (r < 0)
        return r;
    last = memrchr(tail.data, '\n', tail.length);
    if (!last) { /* a torn first line, or all of it torn */
        ledger->end = 0;
        return recover(ledger, buf_slice(&tail), err);
    }
    before = memrchr(tail.data, '\n', (size_t)(last - tail.data));
    before = before ? before + 1 : tail.data;
    whole = slice_make(before, (size_t)(last - before));
    torn = slice_skip(buf_slice(&tail), (size_t)(last + 1 - tail.data));
    r = take_last_line(ledger, whole, err);
    if (r < 0)
        return r;
    ledger->end = (uint64_t)info.st_size - torn.length;
    return torn.length > 0 ? recover(ledger, torn, err) : TQ_OK;
}

/*
 * Power that is lost while entries wait to be synced may keep later ones and lose earlier: zeros
 * stand where those were, which no entry has. Nobody was told of anything from there on. It is cut
 * off into `out_cut`, which stays empty if there is nothing. Zeros further up are damage, and stay.
 */
static int cut_hole(const struct ledger *ledger, struct buf *out_cut, struct tq_error *err)
{
    const char *zero, *before;
    struct stat info;
    uint64_t start;
    size_t got, keep;
    void *room;
    int r;

    if (fstat(ledger->fd, &info) < 0)
        return fail_write(ledger, err);
    start = (uint64_t)info.st_size > HOLE_BYTES_MAX ? (uint64_t)info.st_size - HOLE_BYTES_MAX : 0;
    room = buf_extend(out_cut, (size_t)((uint64_t)info.st_size - start));
    if (!room)
        return buf_check(out_cut, err);
    r = file_read_at(ledger->fd, start, room, out_cut->length, &got, err);
    if (r < 0)
        return r;
    out_cut->length = got;
    zero = memchr(out_cut->data, '\0', got);
    if (!zero) {
        buf_empty(out_cut);
        return TQ_OK;
    }
    before = memrchr(out_cut->data, '\n', (size_t)(zero - out_cut->data));
    if (!before && start > 0)
        return damaged(ledger, err);
    keep = before ? (size_t)(before + 1 - out_cut->data) : 0;
    memmove(out_cut->data, out_cut->data + keep, got - keep);
    out_cut->length = got - keep;
    return cut_file(ledger, start + keep, err);
}

/* What a power cut left is put right once, at the start. */
static int start_ledger(struct ledger *ledger, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf cut = {0};
    int r = cut_hole(ledger, &cut, err);

    if (r < 0)
        return r;
    r = catch_up(ledger, err);
    if (r < 0 || cut.length == 0)
        return r;
    return write_recovered(ledger, buf_slice(&cut), err);
}

/* ---- public ---- */

int ledger_open(const char *path, struct ledger **out_ledger, struct tq_error *err)
{
    CLEANUP(ledger_close_cleanup) struct ledger *ledger = alloc_zeroed(1, sizeof(*ledger));
    int r;

    if (!ledger)
        return tq_no_memory(err);
    (void)pthread_mutex_init(&ledger->mutex, NULL); /* cannot fail on Linux */
    memcpy(ledger->hash, NO_HASH, sizeof(ledger->hash));
    ledger->fd = -1;
    ledger->path = alloc_zeroed(strlen(path) + 1, 1);
    if (!ledger->path)
        return tq_no_memory(err);
    memcpy(ledger->path, path, strlen(path));

    ledger->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (ledger->fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open the ledger '%s': %s", path, strerror(errno));
    r = file_sync_folder_of(path, err);
    if (r < 0)
        return r;
    r = lock_file(ledger, err);
    if (r < 0)
        return r;
    r = start_ledger(ledger, err);
    unlock_file(&ledger->fd);
    if (r < 0)
        return r;
    r = ledger_sync(ledger, err);
    if (r < 0)
        return r;
    *out_ledger = TAKE(ledger);
    return TQ_OK;
}

struct ledger *ledger_close(struct ledger *ledger)
{
    if (!ledger)
        return NULL;
    if (ledger->fd >= 0)
        (void)close(ledger->fd); /* what matters was synced */
    (void)pthread_mutex_destroy(&ledger->mutex);
    buf_clear(&ledger->line);
    free(ledger->path);
    free(ledger);
    return NULL;
}

/* The detail as one line of JSON, whatever white space it came with; owned by the caller. */
static int compact_object(struct slice detail, char **out_text, struct tq_error *err)
{
    json_error_t where;
    json_t *object =
        json_loadb(detail.data, detail.length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    char *text;

    if (!object)
        return tq_fail(err, TQ_E_USAGE, "the detail of a ledger entry is no JSON: %s", where.text);
    if (!json_is_object(object)) {
        json_decref(object);
        return tq_fail(err, TQ_E_USAGE, "the detail of a ledger entry is no JSON object");
    }
    text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (!text)
        return tq_no_memory(err);
    *out_text = text;
    return TQ_OK;
}

int ledger_add(struct ledger *ledger, const char *action, struct slice detail, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *compact = NULL;
    CLEANUP(unlock_mutex) __attribute__((unused)) pthread_mutex_t *held = &ledger->mutex;
    uint64_t before;
    int r;

    (void)pthread_mutex_lock(&ledger->mutex); /* cannot fail: a plain mutex of our own */
    r = compact_object(detail, &compact, err);
    if (r < 0)
        return r;
    r = lock_file(ledger, err);
    if (r < 0)
        return r;
    r = catch_up(ledger, err);
    before = ledger->end;
    if (r == TQ_OK)
        r = write_entry(ledger, action, slice_of(compact), err);
    unlock_file(&ledger->fd);
    if (r < 0 || !must_sync(before, ledger->end))
        return r;
    return ledger_sync(ledger, err);
}

int ledger_sync(struct ledger *ledger, struct tq_error *err)
{
    if (fdatasync(ledger->fd) < 0)
        return fail_write(ledger, err);
    return TQ_OK;
}

int ledger_append(struct ledger *ledger, const char *action, struct slice detail,
                  struct tq_error *err)
{
    int r = ledger_add(ledger, action, detail, err);

    if (r < 0)
        return r;
    return ledger_sync(ledger, err);
}
