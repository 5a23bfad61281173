/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "postgres/copy.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"

struct piece {
    char *data; /* owned, POSTGRES_PIECE_BYTES */
    size_t length;
};

/*
 * The thread fills pieces[filled], the reader empties pieces[emptied], both modulo their number;
 * the lock guards the counters, never the bytes.
 */
struct copy {
    struct connection *connection; /* the thread's while it runs */
    char *sql;                     /* owned */
    uint64_t rows, digest;         /* the thread's: what came so far, with the header */
    unsigned resumes;              /* the thread's: how often the connection was lost */
    struct piece pieces[POSTGRES_PIECES];
    size_t at;            /* in the piece being emptied */
    unsigned header_rows; /* the binary format's header comes with its first row */
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    uint64_t filled, emptied;
    bool ended;                /* nothing more comes; status says why */
    bool stopping, connecting; /* connecting: there is nothing to cancel */
    int status;
    struct tq_error err;
};

DEFINE_CLEANUP(struct copy *, copy_close)

static void message_free_cleanup(char **message)
{
    PQfreemem(*message);
}

/* The thread's side. */

/* Hand the piece over and wait until the next one is empty; false: nobody wants more. */
static bool pass_piece(struct copy *copy)
{
    bool wanted;

    (void)pthread_mutex_lock(&copy->lock);
    copy->filled++;
    (void)pthread_cond_broadcast(&copy->changed);
    while (copy->filled - copy->emptied == POSTGRES_PIECES && !copy->stopping)
        (void)pthread_cond_wait(&copy->changed, &copy->lock);
    wanted = !copy->stopping;
    (void)pthread_mutex_unlock(&copy->lock);
    return wanted;
}

/* `filled` is changed by this thread alone, so it may look without the lock. */
static bool put(struct copy *copy, const char *data, size_t length)
{
    while (length > 0) {
        struct piece *piece = &copy->pieces[copy->filled % POSTGRES_PIECES];
        size_t part = POSTGRES_PIECE_BYTES - piece->length;

        if (part > length)
            part = length;
        memcpy(piece->data + piece->length, data, part);
        piece->length += part;
        data += part;
        length -= part;
        if (piece->length == POSTGRES_PIECE_BYTES && !pass_piece(copy))
            return false;
    }
    return true;
}

/* What came of the COPY once its last row is there; the row it failed at, if it gives any. */
static int finish(const struct copy *copy, struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *result = PQgetResult(copy->connection->libpq);
    struct tq_error cause;
    PGresult *rest;
    int r = TQ_OK;

    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        r = connection_failed(copy->connection, result, &cause);
    while ((rest = PQgetResult(copy->connection->libpq)))
        PQclear(rest);
    if (r == TQ_E_LOST || (r < 0 && copy->rows <= copy->header_rows))
        *err = cause;
    else if (r < 0)
        (void)tq_fail(err, r, "behind row %llu: %s",
                      (unsigned long long)(copy->rows - copy->header_rows), cause.message);
    return r;
}

#define DIGEST_PRIME 0x100000001b3ull /* of FNV-1a */

static uint64_t word_at(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

/* FNV-1a by words, every other one in a chain of its own, as multiplying takes long: whether the
 * same rows come again, not against anybody. */
static uint64_t digest_add(uint64_t digest, const char *row, size_t length)
{
    const size_t pair = 2 * sizeof(digest);
    uint64_t other = length, last[2] = {0};
    const char *end = row + length;

    for (; (size_t)(end - row) > pair; row += pair) {
        digest = (digest ^ word_at(row)) * DIGEST_PRIME;
        other = (other ^ word_at(row + sizeof(digest))) * DIGEST_PRIME;
    }
    if (length >= pair)
        memcpy(last, end - pair, pair); /* some of it twice: quicker than as many as are left */
    else if (length > 0)
        memcpy(last, row, length);
    digest = (digest ^ last[0]) * DIGEST_PRIME;
    other = (other ^ last[1]) * DIGEST_PRIME;
    return (digest ^ (other >> 32 | other << 32)) * DIGEST_PRIME;
}

/* The next row, counted; *out_row is NULL behind the last one. */
static int next_row(struct copy *copy, char **out_row, size_t *out_length, struct tq_error *err)
{
    int length = PQgetCopyData(copy->connection->libpq, out_row, 0);

    if (length == -2)
        return connection_failed(copy->connection, NULL, err);
    if (length < 0)
        return finish(copy, err);
    *out_length = (size_t)length;
    copy->rows++;
    copy->digest = digest_add(copy->digest, *out_row, *out_length);
    return TQ_OK;
}

static int read_rows(struct copy *copy, struct tq_error *err)
{
    for (;;) {
        CLEANUP(message_free_cleanup) char *row = NULL;
        size_t length = 0;
        int r = next_row(copy, &row, &length, err);

        if (r < 0 || !row)
            return r;
        if (!put(copy, row, length))
            return tq_fail(err, TQ_E_USAGE, "stopped"); /* nobody reads this */
    }
}

static int begin(struct copy *copy, struct tq_error *err)
{
    CLEANUP(result_clear_cleanup) PGresult *result = NULL;
    int r = connection_limit(copy->connection, POSTGRES_COPY_SECONDS_MAX, err);

    copy->rows = 0;
    copy->digest = 0;
    return r < 0 ? r : connection_query(copy->connection, copy->sql, 0, NULL, &result, err);
}

/* After a loss. */

/* Say whether there is anything to cancel. False: nobody wants more. */
static bool set_connecting(struct copy *copy, bool connecting)
{
    bool wanted;

    (void)pthread_mutex_lock(&copy->lock);
    copy->connecting = connecting;
    wanted = !copy->stopping;
    (void)pthread_mutex_unlock(&copy->lock);
    return wanted;
}

/* The query anew, on a new connection. The server, or the way to it, may be away for a while. */
static int begin_again(struct copy *copy, struct tq_error *err)
{
    time_t begun = time(NULL);
    int r = TQ_E_IO;

    while (r == TQ_E_IO && time(NULL) - begun < POSTGRES_RETURN_SECONDS) {
        (void)set_connecting(copy, true);
        (void)sleep(1); /* a server that ended the connection has its reasons */
        r = connection_resume(copy->connection, err);
        if (r == TQ_OK)
            r = begin(copy, err);
        if (!set_connecting(copy, false))
            return tq_fail(err, TQ_E_USAGE, "stopped");
    }
    return r;
}

/* Pass over what was taken already: the same rows, or nothing that follows can be trusted. */
static int skip(struct copy *copy, uint64_t rows, uint64_t digest, struct tq_error *err)
{
    while (copy->rows < rows) {
        CLEANUP(message_free_cleanup) char *row = NULL;
        size_t length;
        int r = next_row(copy, &row, &length, err);

        if (r < 0)
            return r;
        if (!row)
            break;
    }
    if (copy->rows == rows && copy->digest == digest)
        return TQ_OK;
    copy->resumes = POSTGRES_RESUMES_MAX;
    return tq_fail(err, TQ_E_LOST,
                   "the connection to the database was lost, and the rows came in another order "
                   "then: give 'sql' an ORDER BY");
}

/* Take the stream up where it was lost. What is told in the end is why it was lost first. */
static int read_on(struct copy *copy, struct tq_error *err)
{
    uint64_t rows = copy->rows, digest = copy->digest;
    struct tq_error cause;
    int r = begin_again(copy, &cause);

    if (r < 0) {
        copy->resumes = POSTGRES_RESUMES_MAX;
        return err->status;
    }
    r = skip(copy, rows, digest, err);
    if (r == TQ_OK)
        return read_rows(copy, err);
    if (copy->rows < rows) { /* lost again: a next try skips as much */
        copy->rows = rows;
        copy->digest = digest;
    }
    return r;
}

/* The first rows of a query that sorts may be long in coming: other streams begin meanwhile. */
static int read_through(struct copy *copy, struct tq_error *err)
{
    int r = begin(copy, err);

    if (r == TQ_OK)
        r = read_rows(copy, err);
    while (r == TQ_E_LOST && copy->resumes++ < POSTGRES_RESUMES_MAX)
        r = read_on(copy, err);
    return r;
}

static void *read_ahead(void *state)
{
    struct copy *copy = state;
    struct tq_error err;
    int status = read_through(copy, &err);

    (void)pthread_mutex_lock(&copy->lock);
    copy->status = status;
    if (status < 0)
        copy->err = err;
    if (copy->pieces[copy->filled % POSTGRES_PIECES].length > 0 && !copy->stopping)
        copy->filled++; /* there is room: put() saw to it */
    copy->ended = true;
    (void)pthread_cond_broadcast(&copy->changed);
    (void)pthread_mutex_unlock(&copy->lock);
    return NULL;
}

/* The reader's side. */

/* Wait for a piece; NULL at the end, with what ended it in *out_status. */
static struct piece *wait_piece(struct copy *copy, int *out_status)
{
    struct piece *piece = NULL;

    (void)pthread_mutex_lock(&copy->lock);
    while (copy->filled == copy->emptied && !copy->ended)
        (void)pthread_cond_wait(&copy->changed, &copy->lock);
    if (copy->filled > copy->emptied)
        piece = &copy->pieces[copy->emptied % POSTGRES_PIECES];
    *out_status = piece ? TQ_OK : copy->status;
    (void)pthread_mutex_unlock(&copy->lock);
    return piece;
}

bool copy_is_ready(struct copy *copy)
{
    bool is_ready;

    (void)pthread_mutex_lock(&copy->lock);
    is_ready = copy->ended || copy->filled - copy->emptied >= POSTGRES_PIECES / 2;
    (void)pthread_mutex_unlock(&copy->lock);
    return is_ready;
}

bool copy_await(struct copy *copy, unsigned seconds)
{
    struct timespec until;
    bool is_there;
    int r = 0;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    (void)pthread_mutex_lock(&copy->lock);
    while (copy->filled == copy->emptied && !copy->ended && r == 0)
        r = pthread_cond_timedwait(&copy->changed, &copy->lock, &until);
    is_there = copy->ended || copy->filled > copy->emptied;
    (void)pthread_mutex_unlock(&copy->lock);
    return is_there;
}

static void give_back(struct copy *copy, struct piece *piece)
{
    piece->length = 0;
    copy->at = 0;
    (void)pthread_mutex_lock(&copy->lock);
    copy->emptied++;
    (void)pthread_cond_broadcast(&copy->changed);
    (void)pthread_mutex_unlock(&copy->lock);
}

int copy_read(struct copy *copy, char *data, size_t length, size_t *out_got, struct tq_error *err)
{
    int status;
    struct piece *piece = wait_piece(copy, &status);
    size_t got = 0;

    if (status < 0) {
        *err = copy->err; /* the thread has ended */
        return status;
    }
    if (piece) {
        got = piece->length - copy->at < length ? piece->length - copy->at : length;
        memcpy(data, piece->data + copy->at, got);
        copy->at += got;
        if (copy->at == piece->length)
            give_back(copy, piece);
    }
    *out_got = got;
    return TQ_OK;
}

/* Opening and closing. */

static void cancel(const struct copy *copy)
{
    PGcancel *request = PQgetCancel(copy->connection->libpq);
    char text[256];

    if (request)
        (void)PQcancel(request, text, sizeof(text)); /* if it fails, the server is gone */
    PQfreeCancel(request);
}

static void stop_thread(struct copy *copy)
{
    bool running;

    (void)pthread_mutex_lock(&copy->lock);
    running = !copy->ended;
    copy->stopping = true;
    (void)pthread_cond_broadcast(&copy->changed);
    if (running && !copy->connecting)
        cancel(copy);
    (void)pthread_mutex_unlock(&copy->lock);
    (void)pthread_join(copy->thread, NULL);
}

struct copy *copy_close(struct copy *copy)
{
    if (!copy)
        return NULL;
    if (copy->started)
        stop_thread(copy);
    (void)pthread_mutex_destroy(&copy->lock);
    (void)pthread_cond_destroy(&copy->changed);
    for (size_t i = 0; i < POSTGRES_PIECES; i++)
        free(copy->pieces[i].data);
    free(copy->sql);
    free(copy);
    return NULL;
}

static int write_sql(struct copy *copy, const char *select, enum copy_format format,
                     struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf sql = {0};
    int r;

    buf_format(&sql, "COPY (%s) TO STDOUT WITH (FORMAT %s)", select,
               format == COPY_BINARY ? "binary" : "csv, HEADER");
    r = buf_check(&sql, err);
    if (r < 0)
        return r;
    copy->sql = buf_take(&sql);
    copy->header_rows = format == COPY_CSV;
    return copy->sql ? TQ_OK : tq_no_memory(err);
}

int copy_open(struct connection *connection, const char *select, enum copy_format format,
              struct copy **out_copy, struct tq_error *err)
{
    CLEANUP(copy_close_cleanup) struct copy *copy = alloc_zeroed(1, sizeof(*copy));
    int r;

    if (!copy)
        return tq_no_memory(err);
    (void)pthread_mutex_init(&copy->lock, NULL);
    (void)pthread_cond_init(&copy->changed, NULL);
    copy->connection = connection;
    for (size_t i = 0; i < POSTGRES_PIECES; i++) {
        copy->pieces[i].data = alloc_resize(NULL, POSTGRES_PIECE_BYTES, 1);
        if (!copy->pieces[i].data)
            return tq_no_memory(err);
    }
    r = write_sql(copy, select, format, err);
    if (r < 0)
        return r;
    if (pthread_create(&copy->thread, NULL, read_ahead, copy) != 0)
        return tq_fail(err, TQ_E_IO, "could not start a thread that reads from the database");
    copy->started = true;
    *out_copy = TAKE(copy);
    return TQ_OK;
}
