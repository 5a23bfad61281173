/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/case_store.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"
#include "store/case_internal.h"

/*
 * Subjects are kept in chunks of about CHUNK_BYTES, each one secretbox of libsodium (XSalsa20 and
 * Poly1305) under the case key: 24 bytes of nonce, 16 of authentication, then the subjects one
 * after the other, each a struct subject_head and its register key. A subject that was added twice
 * counts as added last.
 */
#define CHUNK_BYTES   ((size_t)256 << 10)
#define SUBJECT_NAMED (1u << 16) /* longer keys are no keys */

_Static_assert(crypto_secretbox_KEYBYTES == CASE_KEY_BYTES, "the case key is a secretbox key");

struct subject_head {
    uint32_t subject, records, documents, key_length;
    double severity;
    uint16_t categories;
    uint8_t kind;
    uint8_t flags; /* bit 0 affected, 1 named falsely, 2 exposed */
    uint32_t zero;
};
_Static_assert(sizeof(struct subject_head) == 32, "head without holes");

/* One subject in memory; its key lies in the table's text. */
struct subject_entry {
    struct subject_row row;
    uint32_t key_length;
    uint64_t key_at;
};

struct case_subject_table {
    struct subject_entry *items;
    size_t count, capacity;
    struct buf text;
    uint32_t *slots; /* open addressing: position + 1, 0: free */
    size_t mask;
};

/* ---- the key ---- */

static int load_key(const struct case_store *store, uint8_t key[CASE_KEY_BYTES],
                    struct tq_error *err)
{
    CLEANUP(free_cleanup) char *path = file_join(store->folder, "key");
    CLEANUP(buf_clear_cleanup) struct buf content = {0};
    int r;

    if (!path)
        return tq_no_memory(err);
    if (sodium_init() < 0)
        return tq_fail(err, TQ_E_IO, "could not start libsodium");
    r = file_load(path, CASE_KEY_BYTES, &content, err);
    if (r == TQ_OK && content.length != CASE_KEY_BYTES)
        r = tq_fail(err, TQ_E_KEY, "'%s' is no case key: it has %zu bytes, not %u", path,
                    content.length, CASE_KEY_BYTES);
    if (r == TQ_OK)
        memcpy(key, content.data, CASE_KEY_BYTES);
    if (content.data)
        sodium_memzero(content.data, content.length);
    return r;
}

static int seal(const struct case_store *store, const struct buf *plain, struct buf *out,
                struct tq_error *err)
{
    uint8_t key[CASE_KEY_BYTES];
    unsigned char *box;
    int r;

    box = buf_extend(out, crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + plain->length);
    if (!box)
        return buf_check(out, err);
    r = load_key(store, key, err);
    if (r < 0)
        return r;
    randombytes_buf(box, crypto_secretbox_NONCEBYTES);
    r = crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, (unsigned char *)plain->data,
                              plain->length, box, key);
    sodium_memzero(key, sizeof(key));
    return r == 0 ? TQ_OK : tq_fail(err, TQ_E_LIMIT, "could not encrypt the subjects of the case");
}

static int unseal(const uint8_t key[CASE_KEY_BYTES], struct slice sealed, struct buf *out,
                  struct tq_error *err)
{
    const size_t extra = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    const unsigned char *box = (const unsigned char *)sealed.data;
    unsigned char *plain;

    if (sealed.length < extra)
        return tq_fail(err, TQ_E_KEY, "the case is damaged: a chunk of subjects is too short");
    plain = buf_extend(out, sealed.length - extra);
    if (!plain)
        return buf_check(out, err);
    if (crypto_secretbox_open_easy(plain, box + crypto_secretbox_NONCEBYTES,
                                   sealed.length - crypto_secretbox_NONCEBYTES, box, key)
        != 0)
        return tq_fail(err, TQ_E_KEY,
                       "the subjects of the case do not open: another key, or damaged");
    return TQ_OK;
}

/* ---- writing ---- */

void case_subjects_forget(struct case_store *store)
{
    if (store->subjects.data)
        sodium_memzero(store->subjects.data, store->subjects.length);
    buf_empty(&store->subjects);
}

int case_subjects_flush(struct case_store *store, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf box = {0};
    CLEANUP(case_query_end) struct case_query query = {0};
    int r;

    if (store->subjects.length == 0)
        return TQ_OK;
    r = seal(store, &store->subjects, &box, err);
    if (r < 0)
        return r;
    r = case_query_start(store, SQL_SUBJECTS_ADD, &query, err);
    if (r < 0)
        return r;
    case_query_bind_bytes(&query, 1, buf_slice(&box));
    r = case_query_finish(&query, err);
    if (r < 0)
        return r;
    case_subjects_forget(store);
    return TQ_OK;
}

int case_add_subject(struct case_store *store, const struct subject_row *row, struct slice key,
                     struct tq_error *err)
{
    CASE_HOLD(store);
    struct subject_head head = {.subject = row->subject,
                                .records = row->records,
                                .documents = row->documents,
                                .key_length = (uint32_t)key.length,
                                .severity = row->severity,
                                .categories = row->categories,
                                .kind = row->kind};
    int r;

    if (!store->writing)
        return tq_fail(err, TQ_E_USAGE, "the case '%s' was opened for reading", store->folder);
    if (key.length > SUBJECT_NAMED)
        return tq_fail(err, TQ_E_LIMIT, "a register key of %zu bytes", key.length);
    head.flags = (uint8_t)((row->affected ? 1u : 0u) | (row->named_falsely ? 2u : 0u)
                           | (row->exposed ? 4u : 0u));
    buf_add(&store->subjects, &head, sizeof(head));
    buf_add_slice(&store->subjects, key);
    r = buf_check(&store->subjects, err);
    if (r < 0)
        return r;
    if (store->in_transaction && store->subjects.length < CHUNK_BYTES)
        return TQ_OK;
    return case_subjects_flush(store, err);
}

/* ---- reading ---- */

static void subject_table_free(struct case_subject_table **table)
{
    if (!*table)
        return;
    free((*table)->items);
    free((*table)->slots);
    if ((*table)->text.data)
        sodium_memzero((*table)->text.data, (*table)->text.length);
    buf_clear(&(*table)->text);
    free(*table);
    *table = NULL;
}

void case_subjects_release(struct case_store *store)
{
    subject_table_free(&store->subject_keys);
    if (store->subjects.data && store->subjects.length == 0)
        buf_clear(&store->subjects);
}

static int table_add_chunk(struct case_subject_table *table, const struct buf *chunk,
                           struct tq_error *err)
{
    struct slice left = buf_slice(chunk);

    while (left.length > 0) {
        struct subject_head head;
        struct subject_entry *entry;
        int r;

        if (left.length < sizeof(head))
            return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: a subject ends too early");
        memcpy(&head, left.data, sizeof(head));
        left = slice_skip(left, sizeof(head));
        if (left.length < head.key_length)
            return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: a subject ends too early");

        r = alloc_reserve(&table->items, &table->capacity, table->count + 1, sizeof(*table->items),
                          err);
        if (r < 0)
            return r;
        entry = &table->items[table->count++];
        *entry = (struct subject_entry){.row = {.kind = head.kind,
                                                .subject = head.subject,
                                                .affected = head.flags & 1,
                                                .named_falsely = (head.flags & 2) != 0,
                                                .exposed = (head.flags & 4) != 0,
                                                .categories = head.categories,
                                                .records = head.records,
                                                .documents = head.documents,
                                                .severity = head.severity},
                                        .key_length = head.key_length,
                                        .key_at = table->text.length};
        buf_add(&table->text, left.data, head.key_length);
        buf_add_byte(&table->text, '\0'); /* so that no two keys start at one place */
        left = slice_skip(left, head.key_length);
    }
    return buf_check(&table->text, err);
}

static int compare_subjects(const struct subject_entry *a, const struct subject_entry *b)
{
    if (a->row.kind != b->row.kind)
        return a->row.kind < b->row.kind ? -1 : 1;
    return (a->row.subject > b->row.subject) - (a->row.subject < b->row.subject);
}

/* Then in the order they were added, which is that of their places in the text. */
static int by_subject(const void *a, const void *b)
{
    const struct subject_entry *left = a, *right = b;
    int order = compare_subjects(left, right);

    return order ? order : (left->key_at > right->key_at) - (left->key_at < right->key_at);
}

/* Mostly they were added in order, and nothing is to be done. */
static void table_sort(struct case_subject_table *table)
{
    size_t kept = 0;
    bool sorted = true;

    for (size_t i = 1; i < table->count && sorted; i++)
        sorted = compare_subjects(&table->items[i - 1], &table->items[i]) < 0;
    if (sorted)
        return;
    qsort(table->items, table->count, sizeof(*table->items), by_subject);
    for (size_t i = 0; i < table->count; i++)
        if (i + 1 == table->count || compare_subjects(&table->items[i], &table->items[i + 1]) != 0)
            table->items[kept++] = table->items[i];
    table->count = kept;
}

static int table_load(struct case_store *store, struct case_subject_table *table,
                      struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf chunk = {0};
    CLEANUP(case_query_end) struct case_query query = {0};
    uint8_t key[CASE_KEY_BYTES];
    bool row, keyed = false;
    int r;

    r = case_query_start(store, SQL_SUBJECTS, &query, err);
    if (r < 0)
        return r;
    for (;;) {
        r = case_query_next(&query, &row, err);
        if (r < 0 || !row)
            break;
        if (!keyed) {
            r = load_key(store, key, err); /* only now: a case without subjects needs none */
            if (r < 0)
                break;
            keyed = true;
        }
        buf_empty(&chunk);
        r = unseal(key, case_query_bytes(&query, 0), &chunk, err);
        if (r < 0)
            break;
        r = table_add_chunk(table, &chunk, err);
        if (r < 0)
            break;
    }
    sodium_memzero(key, sizeof(key));
    if (r == TQ_OK)
        table_sort(table);
    return r;
}

static int subject_table_new(struct case_store *store, struct case_subject_table **out_table,
                             struct tq_error *err)
{
    CLEANUP(subject_table_free) struct case_subject_table *table = alloc_zeroed(1, sizeof(*table));
    int r;

    if (!table)
        return tq_no_memory(err);
    r = case_subjects_flush(store, err);
    if (r < 0)
        return r;
    r = table_load(store, table, err);
    if (r < 0)
        return r;
    *out_table = TAKE(table);
    return TQ_OK;
}

int case_subjects(struct case_store *store, case_each_subject *each, void *state,
                  struct tq_error *err)
{
    CLEANUP(subject_table_free) struct case_subject_table *table = NULL;
    CASE_HOLD(store);
    int r = subject_table_new(store, &table, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < table->count; i++) {
        const struct subject_entry *entry = &table->items[i];

        r = each(state, &entry->row,
                 slice_make(table->text.data + entry->key_at, entry->key_length), err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static size_t first_slot(const struct case_subject_table *table, uint8_t kind, uint32_t subject)
{
    return hash_mix((uint64_t)kind << 32 | subject) & table->mask;
}

static int table_index(struct case_subject_table *table, struct tq_error *err)
{
    size_t size = 16;

    if (table->count >= UINT32_MAX)
        return tq_fail(err, TQ_E_LIMIT, "more subjects than the case can name");
    while (size < 2 * table->count)
        size *= 2;
    table->slots = alloc_zeroed(size, sizeof(*table->slots));
    if (!table->slots)
        return tq_no_memory(err);
    table->mask = size - 1;
    for (size_t i = 0; i < table->count; i++) {
        size_t at = first_slot(table, table->items[i].row.kind, table->items[i].row.subject);

        while (table->slots[at])
            at = (at + 1) & table->mask;
        table->slots[at] = (uint32_t)i + 1;
    }
    return TQ_OK;
}

int case_load_subject_keys(struct case_store *store, struct tq_error *err)
{
    CLEANUP(subject_table_free) struct case_subject_table *table = NULL;
    CASE_HOLD(store);
    int r = subject_table_new(store, &table, err);

    if (r < 0)
        return r;
    r = table_index(table, err);
    if (r < 0)
        return r;
    subject_table_free(&store->subject_keys);
    store->subject_keys = TAKE(table);
    return TQ_OK;
}

struct slice case_subject_key(const struct case_store *store, uint8_t kind, uint32_t subject)
{
    const struct case_subject_table *table = store->subject_keys;

    if (!table)
        return (struct slice){0};
    for (size_t at = first_slot(table, kind, subject); table->slots[at];
         at = (at + 1) & table->mask) {
        const struct subject_entry *entry = &table->items[table->slots[at] - 1];

        if (entry->row.kind == kind && entry->row.subject == subject)
            return slice_make(table->text.data + entry->key_at, entry->key_length);
    }
    return (struct slice){0};
}
