/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ledger/ledger_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"

#define BLOCK_BYTES    ((size_t)256 << 10)
#define LINE_BYTES_MAX ((size_t)16 << 20) /* the writer refuses longer ones */
#define SEQ_DIGITS_MAX 20u

/* How far the check has come. */
struct check {
    ledger_fault *fault;
    ledger_entry *entry;
    void *state;
    uint64_t line;             /* number of the line at hand, from 1 */
    uint64_t seq;              /* that the next entry must have */
    char prev[SHA256_HEX + 1]; /* that the next entry must name */
    uint64_t entries, faults;
};

/* A line taken apart. */
struct parts {
    struct slice seq, time, prev, hash;
    struct slice sealed; /* what the hash covers */
};

__attribute__((format(printf, 2, 3))) static void report(struct check *check, const char *format,
                                                         ...)
{
    char reason[128], message[192];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(reason, sizeof(reason), format, args);
    va_end(args);
    (void)snprintf(message, sizeof(message), "line %llu: %s", (unsigned long long)check->line,
                   reason);
    check->faults++;
    if (check->fault)
        check->fault(check->state, message);
}

/* Take `text` off the front. */
static bool eat(struct slice *left, const char *text)
{
    struct slice wanted = slice_of(text);

    if (!slice_starts(*left, wanted))
        return false;
    *left = slice_skip(*left, wanted.length);
    return true;
}

/* Take `count` bytes off the front. */
static bool eat_bytes(struct slice *left, size_t count, struct slice *out)
{
    if (left->length < count)
        return false;
    *out = slice_make(left->data, count);
    *left = slice_skip(*left, count);
    return true;
}

static size_t digits_at(struct slice text)
{
    size_t count = 0;

    while (count < text.length && text.data[count] >= '0' && text.data[count] <= '9')
        count++;
    return count;
}

/* {"seq":N,"time":"...","action":...,"detail":{...},"prev":"...","hash":"..."}, to the byte: the
 * ends are looked at as they are, what is between them as JSON. */
static bool take_apart(struct slice line, struct parts *parts)
{
    static const char prev_start[] = ",\"prev\":\"", hash_start[] = ",\"hash\":\"";
    const size_t hash_bytes = sizeof(hash_start) - 1 + SHA256_HEX + 2;
    const size_t prev_bytes = sizeof(prev_start) - 1 + SHA256_HEX + 1;
    struct slice head = line, tail;
    size_t digits;

    if (line.length < hash_bytes + prev_bytes)
        return false;
    parts->sealed = slice_make(line.data, line.length - hash_bytes);
    tail = slice_skip(line, line.length - hash_bytes - prev_bytes);
    if (!eat(&tail, prev_start) || !eat_bytes(&tail, SHA256_HEX, &parts->prev) || !eat(&tail, "\"")
        || !eat(&tail, hash_start) || !eat_bytes(&tail, SHA256_HEX, &parts->hash)
        || !eat(&tail, "\"}"))
        return false;

    if (!eat(&head, "{\"seq\":"))
        return false;
    digits = digits_at(head);
    return digits > 0 && digits <= SEQ_DIGITS_MAX && eat_bytes(&head, digits, &parts->seq)
           && eat(&head, ",\"time\":\"");
}

/* Whether it is one JSON object with the six members and no other. */
static bool has_members(struct slice line)
{
    static const char *const names[] = {"seq", "time", "action", "detail", "prev", "hash"};
    const size_t count = sizeof(names) / sizeof(names[0]);
    json_t *object =
        json_loadb(line.data, line.length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    bool whole = json_object_size(object) == count;

    for (size_t i = 0; i < count && whole; i++)
        whole = json_object_get(object, names[i]) != NULL;
    whole = whole && json_is_string(json_object_get(object, "action"))
            && json_is_object(json_object_get(object, "detail"));
    json_decref(object);
    return whole;
}

static int check_hash(struct check *check, const struct parts *parts, bool *out_whole,
                      struct tq_error *err)
{
    uint8_t digest[SHA256_BYTES];
    char hash[SHA256_HEX + 1];
    int r = sha256_of(parts->sealed, digest, err);

    if (r < 0)
        return r;
    hex_of(digest, sizeof(digest), hash);
    if (!slice_is(parts->hash, hash)) {
        *out_whole = false;
        report(check, "the hash does not match: the entry was changed");
    }
    return TQ_OK;
}

static void check_chain(struct check *check, const struct parts *parts, bool *out_whole)
{
    char expected[SEQ_DIGITS_MAX + 2];

    if (!slice_is(parts->prev, check->prev)) {
        *out_whole = false;
        report(check, "it does not follow the line before: entries were changed, removed or moved");
    }
    (void)snprintf(expected, sizeof(expected), "%llu", (unsigned long long)check->seq);
    if (!slice_is(parts->seq, expected)) {
        *out_whole = false;
        report(check, "its number is %.*s, not %s", (int)parts->seq.length, parts->seq.data,
               expected);
    }
    /* Go on from what this line says: one change is then one fault, not one in every later line. */
    memcpy(check->prev, parts->hash.data, SHA256_HEX);
    check->seq = 0;
    for (size_t i = 0; i < parts->seq.length; i++)
        check->seq = check->seq * 10 + (uint64_t)(parts->seq.data[i] - '0');
    check->seq++;
}

static int check_line(struct check *check, struct slice line, struct tq_error *err)
{
    struct parts parts;
    bool whole = true;
    int r;

    check->line++;
    if (!take_apart(line, &parts) || !has_members(line)) {
        check->seq++;
        report(check,
               memchr(line.data, '\0', line.length)
                   ? "it holds zeros, as a power cut leaves them; near the end of the ledger "
                     "the next 'take' or 'examine' cuts them off"
                   : "it is no entry of a ledger");
        return TQ_OK;
    }
    r = check_hash(check, &parts, &whole, err);
    if (r < 0)
        return r;
    check_chain(check, &parts, &whole);
    if (!whole)
        return TQ_OK;
    check->entries++;
    return check->entry ? check->entry(check->state, check->seq - 1, line, err) : TQ_OK;
}

/* Check the whole lines in `text`, and keep the rest of it for the next block. */
static int check_lines(struct check *check, struct buf *text, struct tq_error *err)
{
    struct slice left = buf_slice(text);
    const char *end;

    while (left.length > 0 && (end = memchr(left.data, '\n', left.length))) {
        size_t length = (size_t)(end - left.data);
        int r = check_line(check, slice_make(left.data, length), err);

        if (r < 0)
            return r;
        left = slice_skip(left, length + 1);
    }
    if (left.length > 0)
        memmove(text->data, left.data, left.length);
    text->length = left.length;
    return TQ_OK;
}

static int check_file(struct check *check, int fd, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    size_t got = BLOCK_BYTES;
    int r;

    while (got == BLOCK_BYTES) {
        void *room = buf_extend(&text, BLOCK_BYTES);

        if (!room)
            return buf_check(&text, err);
        r = file_read(fd, room, BLOCK_BYTES, &got, err);
        if (r < 0)
            return r;
        text.length -= BLOCK_BYTES - got;
        r = check_lines(check, &text, err);
        if (r < 0)
            return r;
        if (text.length > LINE_BYTES_MAX) {
            check->line++;
            report(check, "it is longer than any entry; the rest was not checked");
            return TQ_OK;
        }
    }
    if (text.length > 0) {
        check->line++;
        report(check, "it ends too early; the next 'take' or 'examine' cuts it off");
    }
    return TQ_OK;
}

int ledger_verify(const char *path, ledger_fault *fault, ledger_entry *entry, void *state,
                  uint64_t *out_entries, uint64_t *out_faults, struct tq_error *err)
{
    CLEANUP(close_cleanup) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct check check = {.fault = fault, .entry = entry, .state = state, .seq = 1};
    int r;

    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open the ledger '%s': %s", path, strerror(errno));
    memset(check.prev, '0', SHA256_HEX);
    r = check_file(&check, fd, err);
    if (r < 0)
        return r;
    *out_entries = check.entries;
    *out_faults = check.faults;
    return TQ_OK;
}
