/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/composite.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/moment.h"
#include "base/pool.h"

/* Their memory: at 4 million subjects one takes some 40 MB. */
#define COMPOSITES_BYTES_MAX ((uint64_t)2 << 30)

/* A pair whose average posting would be this long blocks nothing; one of at most so many subjects
 * is asked before the others. */
#define PAIR_POSTING_MAX       500.0
#define PAIR_POSTING_SELECTIVE 3.0

/* A number or code whose typical value is held by at most one in so many is worth a pair. */
#define SHARES_MIN 16.0

#define KEYS_MAX  8u  /* values of one subject and column that are indexed */
#define WORDS_MAX 12u /* words of one name */
#define BUCKET    4u  /* entries of a bucket on average */

/* Most keys of one subject: initials of all words on one side, values on the other. */
#define SUBJECT_HASHES_MAX ((size_t)WORDS_MAX * KEYS_MAX * KEYS_MAX)

uint64_t composite_hash(enum composite_kind kind, uint64_t a, uint64_t b)
{
    return hash_mix(hash_mix(a << 2 | kind) + b);
}

uint32_t composite_year(const struct match_column *column, struct slice canonical)
{
    int64_t number = canonical_number(canonical);
    unsigned month, day;
    int year;

    if (column->reading->interpretation == AS_YEAR)
        return number > 0 && number < 10000 ? (uint32_t)number : 0;
    if (number < INT32_MIN || number > INT32_MAX)
        return 0;
    civil_from_days((int32_t)number, &year, &month, &day);
    return year > 0 ? (uint32_t)year : 0;
}

/* The first letters of the words of a name key. */
static uint32_t initials(struct slice name, uint64_t *out, uint32_t room)
{
    uint32_t count = 0;

    for (size_t i = 0; i < name.length && count < room; i++) {
        if (name.data[i] != ' ' && (i == 0 || name.data[i - 1] == ' '))
            out[count++] = (unsigned char)name.data[i];
    }
    return count;
}

/* What one subject has on one side of the key. */
static uint32_t side_parts(const struct match_column *column, enum composite_kind kind, bool date,
                           uint32_t subject, uint64_t *out)
{
    uint32_t keys[KEYS_MAX];
    uint32_t count = column_held_keys(column, subject, MONTH_NONE, keys, KEYS_MAX);
    uint32_t parts = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (kind == COMPOSITE_INITIAL && !date) {
            parts += initials(field_key_text(column->field, keys[i]), out + parts,
                              WORDS_MAX * KEYS_MAX - parts);
        } else if (kind == COMPOSITE_YEAR && date && column->plain) {
            if (column->field->fingerprints_only)
                continue;
            out[parts++] = composite_year(column, field_key_text(column->field, keys[i]));
        } else {
            out[parts++] = keys[i];
        }
    }
    return parts;
}

/* The hashes of all composite keys of one subject; repeated ones are dropped later. */
static uint32_t subject_hashes(const struct composite *composite,
                               const struct match_columns *columns, uint32_t subject, uint64_t *out)
{
    uint64_t a[WORDS_MAX * KEYS_MAX], b[WORDS_MAX * KEYS_MAX];
    uint32_t count_a = side_parts(&columns->items[composite->a], composite->kind, true, subject, a);
    uint32_t count_b = count_a == 0 ? 0
                                    : side_parts(&columns->items[composite->b], composite->kind,
                                                 false, subject, b);
    uint32_t count = 0;

    for (uint32_t i = 0; i < count_a; i++) {
        for (uint32_t k = 0; k < count_b; k++)
            out[count++] = composite_hash(composite->kind, a[i], b[k]);
    }
    return count;
}

static int order_entries(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Sort one bucket; keep one of equal entries, and of a run too long one entry that says so. */
static uint32_t tidy_bucket(uint64_t *entries, uint32_t count, uint64_t *out)
{
    uint32_t kept = 0, run_start = 0;

    if (count > 1)
        qsort(entries, count, sizeof(*entries), order_entries);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t entry = entries[i];
        bool same_tag = kept > run_start && out[run_start] >> 32 == entry >> 32;

        if (same_tag && (out[kept - 1] == entry || (uint32_t)out[run_start] == SUBJECT_NONE))
            continue;
        if (!same_tag)
            run_start = kept;
        out[kept++] = entry;
        if (kept - run_start > POSTING_MAX) {
            out[run_start] |= SUBJECT_NONE;
            kept = run_start + 1;
        }
    }
    return kept;
}

static void tidy(struct composite *composite)
{
    size_t buckets = (size_t)1 << composite->bits;
    uint32_t kept = 0, first = composite->start[0];

    for (size_t i = 0; i < buckets; i++) {
        uint32_t end = composite->start[i + 1];
        uint32_t start = kept;

        kept += tidy_bucket(composite->entries + first, end - first, composite->entries + kept);
        first = end;
        composite->start[i] = start;
    }
    composite->start[buckets] = kept;
}

/* The keys of all subjects before they are put in order. */
struct unsorted {
    uint64_t *hashes;
    uint32_t *subjects;
    size_t count, hash_capacity, subject_capacity;
};

static void unsorted_clear(struct unsorted *unsorted)
{
    free(unsorted->hashes);
    free(unsorted->subjects);
}

static int collect(struct unsorted *unsorted, const struct composite *composite,
                   const struct match_columns *columns, struct tq_error *err)
{
    for (uint32_t s = 0; s < columns->kind->subject_count; s++) {
        size_t wanted = unsorted->count + SUBJECT_HASHES_MAX;
        uint32_t count;
        int r;

        r = alloc_reserve(&unsorted->hashes, &unsorted->hash_capacity, wanted,
                          sizeof(*unsorted->hashes), err);
        if (r < 0)
            return r;
        r = alloc_reserve(&unsorted->subjects, &unsorted->subject_capacity, wanted,
                          sizeof(*unsorted->subjects), err);
        if (r < 0)
            return r;
        count = subject_hashes(composite, columns, s, unsorted->hashes + unsorted->count);
        for (uint32_t i = 0; i < count; i++)
            unsorted->subjects[unsorted->count++] = s;
    }
    if (unsorted->count >= UINT32_MAX)
        return tq_fail(err, TQ_E_LIMIT, "too many pairs of values in the register");
    return 0;
}

/* Counting sort into buckets: count, then place. start[i + 1] ends as the end of bucket i. */
static int fill(struct composite *composite, const struct unsorted *unsorted, struct tq_error *err)
{
    size_t buckets = (size_t)1 << composite->bits;
    uint32_t *next = composite->start + 1;

    composite->entries = alloc_zeroed(unsorted->count + 1, sizeof(*composite->entries));
    if (!composite->entries)
        return tq_no_memory(err);
    for (size_t i = 0; i < unsorted->count; i++)
        next[unsorted->hashes[i] >> (64 - composite->bits)]++;
    for (size_t i = 0, sum = 0; i < buckets; i++) {
        size_t count = next[i];

        next[i] = (uint32_t)sum;
        sum += count;
    }
    for (size_t i = 0; i < unsorted->count; i++) {
        uint64_t hash = unsorted->hashes[i];

        composite->entries[next[hash >> (64 - composite->bits)]++] =
            hash << 32 | unsorted->subjects[i];
    }
    return 0;
}

static int build(struct composite *composite, const struct match_columns *columns,
                 struct tq_error *err)
{
    uint32_t subjects = columns->kind->subject_count;
    struct unsorted unsorted = {0};
    uint64_t *smaller;
    int r;

    composite->bits = 4;
    while (((uint64_t)1 << composite->bits) < subjects / BUCKET && composite->bits < 28)
        composite->bits++;
    composite->start = alloc_zeroed(((size_t)1 << composite->bits) + 1, sizeof(*composite->start));
    if (!composite->start)
        return tq_no_memory(err);
    r = collect(&unsorted, composite, columns, err);
    if (r == 0)
        r = fill(composite, &unsorted, err);
    unsorted_clear(&unsorted);
    if (r < 0) {
        free(composite->start);
        composite->start = NULL;
        return r;
    }
    tidy(composite);
    smaller =
        alloc_resize(composite->entries, composite->start[(size_t)1 << composite->bits] + (size_t)1,
                     sizeof(*composite->entries));
    if (smaller)
        composite->entries = smaller;
    atomic_store(&composite->built, true);
    return 0;
}

/* Work on several threads. */
struct build {
    struct composites *composites;
    const struct match_columns *columns;
};

static int build_one(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    const struct build *work = state;

    (void)thread;
    return build(&work->composites->items[index], work->columns, err);
}

/* Build the index, if nobody did while the lock was waited for, and release it. */
static int build_locked(struct composite *composite, const struct match_columns *columns,
                        struct tq_error *err)
{
    int r = atomic_load(&composite->built) ? 0 : build(composite, columns, err);

    (void)pthread_mutex_unlock(&composite->lock);
    return r;
}

/* Those that no other thread is at first: several build several. */
static int need(const struct composites *composites, uint32_t first, uint32_t end,
                const struct match_columns *columns, struct tq_error *err)
{
    int r = 0;

    for (uint32_t i = first; i < end && r == 0; i++) {
        struct composite *composite = &composites->items[i];

        if (!atomic_load(&composite->built) && pthread_mutex_trylock(&composite->lock) == 0)
            r = build_locked(composite, columns, err);
    }
    for (uint32_t i = first; i < end && r == 0; i++) {
        struct composite *composite = &composites->items[i];

        if (atomic_load(&composite->built))
            continue;
        (void)pthread_mutex_lock(&composite->lock);
        r = build_locked(composite, columns, err);
    }
    return r;
}

int composites_need(const struct composites *composites, uint32_t first, uint32_t end,
                    const struct match_columns *columns, struct tq_error *err)
{
    for (uint32_t i = first; i < end; i++) {
        if (!atomic_load_explicit(&composites->items[i].built, memory_order_acquire))
            return need(composites, i, end, columns, err);
    }
    return 0;
}

/* How long the posting is that the value of a typical subject has. */
static double typical_posting(const struct match_column *column)
{
    return exp((double)column->typical_share / WEIGHT_ONE) * column->population;
}

static double pair_posting(const struct match_columns *columns, const struct match_column *a,
                           const struct match_column *b)
{
    return typical_posting(a) * typical_posting(b) / columns->kind->subject_count;
}

static void add(struct composites *composites, const struct match_columns *columns,
                enum composite_kind kind, uint32_t a, uint32_t b)
{
    uint64_t bytes = (uint64_t)columns->kind->subject_count * 12 * (composites->count + 1);
    double expected = pair_posting(columns, &columns->items[a], &columns->items[b]);

    if (composites->count == COMPOSITES_MAX || bytes > COMPOSITES_BYTES_MAX)
        return;
    composites->items[composites->count++] =
        (struct composite){.kind = kind, .a = (uint16_t)a, .b = (uint16_t)b, .expected = expected};
}

static bool is_date(const struct match_column *column)
{
    return column->direct && column->type == TYPE_DATE;
}

/*
 * Numbers and codes of many values (a year of birth, a postal code) are paired too in tables
 * without dates, which would do better: of names alone, the common ones block nothing.
 */
static bool stands_for_date(const struct match_column *column)
{
    return column->direct && column->plain
           && (column->type == TYPE_NUMBER || column->type == TYPE_CODE
               || column->type == TYPE_MONTH)
           && (double)column->typical_share / WEIGHT_ONE <= -log(SHARES_MIN);
}

static bool has_date(const struct match_columns *columns)
{
    for (uint32_t i = 0; i < columns->count; i++) {
        if (is_date(&columns->items[i]))
            return true;
    }
    return false;
}

/* Indexes of dates and names come first: they are worth most where memory is short. */
static void choose(struct composites *composites, const struct match_columns *columns)
{
    const struct match_column *items = columns->items;
    bool dated = has_date(columns);

    for (uint32_t a = 0; a < columns->count; a++) {
        for (uint32_t b = 0; b < columns->count; b++) {
            bool name = items[b].direct && type_is_name(items[b].type) && items[b].plain;

            if (!is_date(&items[a]) || !name || items[a].twin != a || items[b].twin != b)
                continue;
            if (items[a].plain && items[a].reading->interpretation != AS_YEAR)
                add(composites, columns, COMPOSITE_INITIAL, a, b);
            add(composites, columns, COMPOSITE_YEAR, a, b);
        }
    }
    for (uint32_t a = 0; a < columns->count; a++) {
        for (uint32_t b = a + 1; b < columns->count; b++) {
            bool pair = items[a].pairs || (!dated && stands_for_date(&items[a]));

            pair &= items[b].pairs || (!dated && stands_for_date(&items[b]));
            if (pair && items[a].twin == a && items[b].twin == b && items[a].field != items[b].field
                && pair_posting(columns, &items[a], &items[b]) <= PAIR_POSTING_MAX)
                add(composites, columns, COMPOSITE_PAIR, a, b);
        }
    }
}

static int order_composites(const void *a, const void *b)
{
    const struct composite *x = a, *y = b;

    if (x->kind != y->kind)
        return (x->kind > y->kind) - (x->kind < y->kind);
    if (x->expected < y->expected || x->expected > y->expected)
        return x->expected < y->expected ? -1 : 1;
    return x->a != y->a ? (x->a > y->a) - (x->a < y->a) : (x->b > y->b) - (x->b < y->b);
}

static void sort(struct composites *composites)
{
    if (composites->count > 1)
        qsort(composites->items, composites->count, sizeof(*composites->items), order_composites);
    while (composites->pairs < composites->count
           && composites->items[composites->pairs].kind == COMPOSITE_PAIR) {
        if (composites->items[composites->pairs].expected <= PAIR_POSTING_SELECTIVE)
            composites->selective++;
        composites->pairs++;
    }
}

int composites_init(struct composites *composites, const struct match_columns *columns,
                    unsigned threads, struct tq_error *err)
{
    struct build work = {.composites = composites, .columns = columns};

    *composites = (struct composites){0};
    if (columns->count == 0)
        return 0;
    composites->items = alloc_zeroed(COMPOSITES_MAX, sizeof(*composites->items));
    if (!composites->items)
        return tq_no_memory(err);
    choose(composites, columns);
    sort(composites);
    for (uint32_t i = 0; i < composites->count; i++)
        (void)pthread_mutex_init(&composites->items[i].lock, NULL);
    return pool_run(threads, composites->selective, build_one, &work, err);
}

void composites_clear(struct composites *composites)
{
    for (uint32_t i = 0; i < composites->count; i++) {
        (void)pthread_mutex_destroy(&composites->items[i].lock);
        free(composites->items[i].start);
        free(composites->items[i].entries);
    }
    free(composites->items);
    *composites = (struct composites){0};
}

uint32_t composite_find(const struct composite *composite, uint64_t hash, uint32_t *out_subjects)
{
    uint64_t bucket = hash >> (64 - composite->bits);
    uint32_t end = composite->start[bucket + 1];
    uint32_t count = 0;

    for (uint32_t i = composite->start[bucket]; i < end; i++) {
        uint64_t entry = composite->entries[i];

        if (entry >> 32 != (hash & UINT32_MAX))
            continue;
        if ((uint32_t)entry == SUBJECT_NONE)
            return POSTING_MAX + 1;
        if (count < POSTING_MAX)
            out_subjects[count++] = (uint32_t)entry;
    }
    return count;
}
