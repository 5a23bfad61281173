/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Linking the sample's rows by co-agreement. Method and constants: algorithms.md 1.2. */
#include "reading/anchor.h"

#include <math.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "reading/anchor_pairs.h"

#define POSTING_MAX     4096u /* longer postings name nobody; they only confirm */
#define POSTING_SHORT   64u
#define LOOK_AHEAD_MAX  16u /* candidates */
#define ROUNDS_MAX      4u
#define RELIABILITY_MIN 1e-4
#define TESTED_MIN      10u       /* rows before a measured reliability is believed */
#define WEIGHT_ONE      (1 << 20) /* one bit, in fixed point */
#define MARGIN_BITS     5         /* beyond log2 N: a false link in 32 rows of strangers */
#define LEAVE_OUT_BITS  2
#define LEAD_BITS       3
#define NAMED_BITS      3 /* short of log2 N: a value of a few holders */

/* One pair's word about one row. */
struct evidence {
    const struct pair *pair;
    uint32_t key;
    uint32_t frequency;
    int64_t weight;
    bool is_copy; /* another column says the same, and is heard */
};

/* The evidence of one column: items[first .. end), by falling weight. */
struct column_evidence {
    uint32_t first, end;
    int64_t weight; /* of its best item that is no copy */
    int64_t rest;   /* most that a candidate can reach who is first named by this column */
};

struct candidate {
    uint32_t subject;
    uint32_t columns;     /* that name it */
    uint32_t last_column; /* ordinal of the last one */
    int64_t total;
};

/* The candidates of one row: a dense array, and a hash table of its numbers plus one. */
struct candidate_set {
    struct candidate *items;
    size_t count, capacity;
    uint32_t *slots;
    size_t slot_count; /* a power of two, at least twice `capacity` */
    int64_t most;      /* the greatest total so far */
};

struct row_linker {
    struct anchor *anchor;
    int64_t subject_bits; /* log2 N */
    struct evidence *evidence;
    size_t evidence_capacity;
    uint32_t *order; /* of evidence, to find copies */
    size_t order_capacity;
    struct column_evidence *columns;
    size_t column_capacity;
    uint32_t column_count;
    struct candidate_set set;
};

static void row_linker_clear(struct row_linker *linker)
{
    free(linker->evidence);
    free(linker->order);
    free(linker->columns);
    free(linker->set.items);
    free(linker->set.slots);
}

static int64_t weight_of(double reliability, uint32_t subjects, uint32_t frequency)
{
    double share = reliability < RELIABILITY_MIN ? RELIABILITY_MIN : reliability;
    double bits = log2(share * subjects / frequency);

    return bits <= 0 ? 0 : llround(bits * WEIGHT_ONE);
}

static int64_t bits_of(uint32_t count)
{
    return count > 1 ? llround(log2((double)count) * WEIGHT_ONE) : 0;
}

/* ---- candidates ---- */

static int grow_slots(struct candidate_set *set, struct tq_error *err)
{
    size_t slot_count = set->slot_count ? set->slot_count : 256;
    uint32_t *slots;

    while (slot_count < 2 * set->capacity)
        slot_count *= 2;
    if (slot_count == set->slot_count)
        return TQ_OK;
    slots = alloc_zeroed(slot_count, sizeof(*slots));
    if (!slots)
        return tq_no_memory(err);
    for (size_t i = 0; i < set->count; i++) {
        size_t at = hash_mix(set->items[i].subject) & (slot_count - 1);

        while (slots[at])
            at = (at + 1) & (slot_count - 1);
        slots[at] = (uint32_t)i + 1;
    }
    free(set->slots);
    set->slots = slots;
    set->slot_count = slot_count;
    return TQ_OK;
}

static void empty_set(struct candidate_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        size_t at = hash_mix(set->items[i].subject) & (set->slot_count - 1);

        while (set->slots[at]) {
            set->slots[at] = 0;
            at = (at + 1) & (set->slot_count - 1);
        }
    }
    set->count = 0;
    set->most = 0;
}

/* The candidate, or NULL; with `slot`, also where it would go. */
static struct candidate *find_candidate(struct candidate_set *set, uint32_t subject, size_t *slot)
{
    size_t at = hash_mix(subject) & (set->slot_count - 1);

    while (set->slots[at]) {
        struct candidate *item = &set->items[set->slots[at] - 1];

        if (item->subject == subject)
            return item;
        at = (at + 1) & (set->slot_count - 1);
    }
    *slot = at;
    return NULL;
}

static int reserve_candidates(struct candidate_set *set, size_t more, struct tq_error *err)
{
    int r = alloc_reserve(&set->items, &set->capacity, set->count + more, sizeof(*set->items), err);

    return r < 0 ? r : grow_slots(set, err);
}

static void add_weight(struct candidate_set *set, struct candidate *candidate, uint32_t column,
                       int64_t weight)
{
    if (candidate->columns > 0 && candidate->last_column == column)
        return; /* the best pair of a column counts alone */
    candidate->total += weight;
    candidate->columns++;
    candidate->last_column = column;
    if (candidate->total > set->most)
        set->most = candidate->total;
}

/* Every holder of the key gains; those not yet named become candidates if `insert`. */
static int name_holders(struct candidate_set *set, const struct evidence *item, uint32_t column,
                        bool insert, struct tq_error *err)
{
    const uint32_t *holders = pair_holders(item->pair, item->key);
    int r;

    r = reserve_candidates(set, insert ? item->frequency : 0, err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < item->frequency; i++) {
        size_t slot = 0;
        struct candidate *candidate = find_candidate(set, holders[i], &slot);

        if (!candidate && insert) {
            candidate = &set->items[set->count++];
            *candidate = (struct candidate){.subject = holders[i]};
            set->slots[slot] = (uint32_t)set->count;
        }
        if (candidate)
            add_weight(set, candidate, column, item->weight);
    }
    return TQ_OK;
}

static void confirm_candidates(struct candidate_set *set, const struct evidence *item,
                               uint32_t column)
{
    for (size_t i = 0; i < set->count; i++) {
        if (pair_names(item->pair, set->items[i].subject, item->key))
            add_weight(set, &set->items[i], column, item->weight);
    }
}

/* ---- one row ---- */

/* Insert by falling weight; ties keep the order of pairs. */
static void sort_items(struct evidence *items, uint32_t first, uint32_t end)
{
    for (uint32_t i = first + 1; i < end; i++) {
        struct evidence item = items[i];
        uint32_t at = i;

        for (; at > first && items[at - 1].weight < item.weight; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

static void sort_columns(struct column_evidence *columns, uint32_t count)
{
    int64_t rest = 0;

    for (uint32_t i = 1; i < count; i++) {
        struct column_evidence column = columns[i];
        uint32_t at = i;

        for (; at > 0 && columns[at - 1].weight < column.weight; at--)
            columns[at] = columns[at - 1];
        columns[at] = column;
    }
    for (uint32_t i = count; i-- > 0;) {
        rest += columns[i].weight;
        columns[i].rest = rest;
    }
}

/* By field and key, then by falling weight; ties keep the order of pairs. */
static int by_word(const void *a, const void *b, void *evidence)
{
    const struct evidence *x = (const struct evidence *)evidence + *(const uint32_t *)a;
    const struct evidence *y = (const struct evidence *)evidence + *(const uint32_t *)b;

    if (x->pair->field != y->pair->field)
        return x->pair->field < y->pair->field ? -1 : 1;
    if (x->pair->view
        != y->pair->view) /* keys of their own; of two parts of a value each is heard */
        return x->pair < y->pair ? -1 : 1;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return (x->pair > y->pair) - (x->pair < y->pair);
}

/*
 * Two columns with one value say one thing: an amount that stands in the row as due and as net is
 * not twice the number of somebody's file. The best of them is heard, the others are copies.
 */
static int mark_copies(struct row_linker *linker, uint32_t count, struct tq_error *err)
{
    struct evidence *evidence = linker->evidence;
    int r = alloc_reserve(&linker->order, &linker->order_capacity, count + (size_t)1,
                          sizeof(*linker->order), err);

    if (r < 0)
        return r;
    for (uint32_t i = 0; i < count; i++)
        linker->order[i] = i;
    qsort_r(linker->order, count, sizeof(*linker->order), by_word, evidence);
    for (uint32_t i = 1; i < count; i++) {
        const struct evidence *before = &evidence[linker->order[i - 1]];
        struct evidence *item = &evidence[linker->order[i]];

        item->is_copy = item->pair->field == before->pair->field
                        && item->pair->view == before->pair->view && item->key == before->key;
    }
    return TQ_OK;
}

/* Columns by falling weight of their best item that is no copy. */
static void weigh_columns(struct row_linker *linker)
{
    for (uint32_t c = 0; c < linker->column_count; c++) {
        struct column_evidence *column = &linker->columns[c];

        column->weight = 0;
        for (uint32_t i = column->end; i-- > column->first;) {
            if (!linker->evidence[i].is_copy)
                column->weight = linker->evidence[i].weight;
        }
    }
    sort_columns(linker->columns, linker->column_count);
}

/* Gather what the pairs say about a row: columns by falling weight. */
static int gather_evidence(struct row_linker *linker, uint32_t row, struct tq_error *err)
{
    const struct anchor *anchor = linker->anchor;
    uint32_t subjects = anchor->sample->reg->kinds[anchor->kind].subject_count;
    uint32_t count = 0, columns = 0;
    int r;

    r = alloc_reserve(&linker->evidence, &linker->evidence_capacity, anchor->pair_count + 1,
                      sizeof(*linker->evidence), err);
    if (r < 0)
        return r;
    r = alloc_reserve(&linker->columns, &linker->column_capacity, anchor->pair_count + 1,
                      sizeof(*linker->columns), err);
    if (r < 0)
        return r;

    for (size_t i = 0; i < anchor->pair_count;) {
        uint16_t column = anchor->pairs[i].column;
        uint32_t first = count;

        for (; i < anchor->pair_count && anchor->pairs[i].column == column; i++) {
            const struct pair *pair = &anchor->pairs[i];
            struct evidence item = {.pair = pair, .key = pair->keys[row]};

            if (item.key == KEY_NONE)
                continue;
            item.frequency = pair_frequency(pair, item.key);
            item.weight =
                item.frequency ? weight_of(pair->reliability, subjects, item.frequency) : 0;
            if (item.weight > 0)
                linker->evidence[count++] = item;
        }
        if (count > first) {
            sort_items(linker->evidence, first, count);
            linker->columns[columns++] = (struct column_evidence){.first = first, .end = count};
        }
    }
    linker->column_count = columns;
    r = mark_copies(linker, count, err);
    if (r == TQ_OK)
        weigh_columns(linker);
    return r;
}

/* What a column says for a subject: its best item whose key the subject holds; with or without
 * copies. */
static int64_t weight_for(const struct row_linker *linker, const struct column_evidence *column,
                          uint32_t subject, bool copies)
{
    for (uint32_t i = column->first; i < column->end; i++) {
        const struct evidence *item = &linker->evidence[i];

        if (item->is_copy && !copies)
            continue;
        if (pair_names(item->pair, subject, item->key))
            return item->weight;
    }
    return 0;
}

/* Before long postings are walked: how far the candidates so far will get. */
static void look_ahead(struct row_linker *linker, uint32_t from)
{
    struct candidate_set *set = &linker->set;

    for (size_t i = 0; i < set->count && i < LOOK_AHEAD_MAX; i++) {
        int64_t total = set->items[i].total;

        for (uint32_t c = from; c < linker->column_count; c++)
            total += weight_for(linker, &linker->columns[c], set->items[i].subject, false);
        if (total > set->most)
            set->most = total;
    }
}

/*
 * Sum the weights of all candidates that can still matter. Who is first named by a column from
 * which on log2 N + LEAVE_OUT_BITS, or the best so far less the lead, is out of reach can neither
 * be linked nor stand in the way.
 */
static int weigh_candidates(struct row_linker *linker, struct tq_error *err)
{
    struct candidate_set *set = &linker->set;
    int64_t limit = linker->subject_bits + LEAVE_OUT_BITS * WEIGHT_ONE;
    bool looked = false;

    empty_set(set);
    for (uint32_t c = 0; c < linker->column_count; c++) {
        const struct column_evidence *column = &linker->columns[c];
        bool insert;

        if (!looked && set->count > 0
            && linker->evidence[column->first].frequency > POSTING_SHORT) {
            look_ahead(linker, c);
            looked = true;
        }
        insert = column->rest >= limit && column->rest > set->most - LEAD_BITS * WEIGHT_ONE;
        for (uint32_t i = column->first; i < column->end; i++) {
            const struct evidence *item = &linker->evidence[i];
            bool inserts = insert && item->frequency <= POSTING_MAX;

            if (item->is_copy)
                continue;
            if (inserts || item->frequency <= set->count) {
                int r = name_holders(set, item, c, inserts, err);

                if (r < 0)
                    return r;
            } else {
                confirm_candidates(set, item, c);
            }
        }
    }
    return TQ_OK;
}

/* The best candidate (ties: the smaller subject) and the total of the second; NULL if none. */
static const struct candidate *best_candidate(const struct candidate_set *set, int64_t *out_second)
{
    const struct candidate *best = NULL;

    *out_second = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct candidate *item = &set->items[i];

        if (!best || item->total > best->total
            || (item->total == best->total && item->subject < best->subject)) {
            if (best)
                *out_second = best->total;
            best = item;
        } else if (item->total > *out_second) {
            *out_second = item->total;
        }
    }
    return best;
}

/* The same for a column of the table, copies too: a copy must not vouch for its original either. 0
 * if it says nothing in this row. */
static int64_t column_weight(const struct row_linker *linker, uint32_t column, uint32_t subject)
{
    for (uint32_t c = 0; c < linker->column_count; c++) {
        const struct column_evidence *found = &linker->columns[c];

        if (linker->evidence[found->first].pair->column == column)
            return weight_for(linker, found, subject, true);
    }
    return 0;
}

/* Test every pair of the row on the subject that the other columns name. Returns the total without
 * the column that adds most. */
static int64_t test_pairs(struct row_linker *linker, uint32_t row, const struct candidate *best)
{
    struct anchor *anchor = linker->anchor;
    int64_t limit = linker->subject_bits + LEAVE_OUT_BITS * WEIGHT_ONE;
    int64_t least = best->total;

    for (size_t i = 0; i < anchor->pair_count;) {
        uint16_t column = anchor->pairs[i].column;
        int64_t without = best->total - column_weight(linker, column, best->subject);

        least = without < least ? without : least;

        for (; i < anchor->pair_count && anchor->pairs[i].column == column; i++) {
            struct pair *pair = &anchor->pairs[i];

            if (without < limit || pair->prints[row] == FINGERPRINT_NONE)
                continue;
            pair->tested++;
            pair->agreed +=
                pair->keys[row] != KEY_NONE && pair_names(pair, best->subject, pair->keys[row]);
        }
    }
    return least;
}

static int link_row(struct row_linker *linker, uint32_t row, uint32_t *out_subject,
                    struct tq_error *err)
{
    const struct candidate *best;
    int64_t second, least;
    int r;

    *out_subject = SUBJECT_NONE;
    r = gather_evidence(linker, row, err);
    if (r < 0)
        return r;
    r = weigh_candidates(linker, err);
    if (r < 0)
        return r;
    best = best_candidate(&linker->set, &second);
    if (!best || best->columns < 2)
        return TQ_OK;

    least = test_pairs(linker, row, best);
    linker->anchor->sturdy[row] = least >= linker->subject_bits + LEAVE_OUT_BITS * WEIGHT_ONE;
    if (best->total >= linker->subject_bits + MARGIN_BITS * WEIGHT_ONE
        && best->total - second >= LEAD_BITS * WEIGHT_ONE)
        *out_subject = best->subject;
    return TQ_OK;
}

static int load_facts(const struct anchor *anchor, struct tq_error *err)
{
    struct field_set wanted = {0};

    for (size_t i = 0; i < anchor->pair_count; i++)
        field_set_add(&wanted, anchor->pairs[i].field);
    return reg_load(anchor->sample->reg, &wanted, FIELD_HOLDERS, err);
}

/* What the round has taught about the pairs. */
static void learn_reliability(struct anchor *anchor, unsigned round)
{
    for (size_t i = 0; i < anchor->pair_count; i++) {
        struct pair *pair = &anchor->pairs[i];

        if (pair->tested >= TESTED_MIN || (round > 0 && pair->tested > 0))
            pair->reliability = (pair->agreed + .5) / (pair->tested + 1.);
        else if (round > 0)
            pair->reliability *= .5;
    }
}

static int link_rows(struct anchor *anchor, struct row_linker *linker, struct tq_error *err)
{
    bool changed = true;

    for (unsigned round = 0; round < ROUNDS_MAX && changed; round++) {
        changed = false;
        anchor->linked = 0;
        for (size_t i = 0; i < anchor->pair_count; i++)
            anchor->pairs[i].tested = anchor->pairs[i].agreed = 0;
        for (uint32_t row = 0; row < anchor->sample->row_count; row++) {
            uint32_t subject;
            int r = link_row(linker, row, &subject, err);

            if (r < 0)
                return r;
            changed |= anchor->subject[row] != subject;
            anchor->subject[row] = subject;
            anchor->linked += subject != SUBJECT_NONE;
        }
        learn_reliability(anchor, round);
    }
    return TQ_OK;
}

static int find_anchor(struct anchor *anchor, struct tq_error *err)
{
    const struct sample *sample = anchor->sample;
    CLEANUP(row_linker_clear) struct row_linker linker = {.anchor = anchor};
    int r;

    anchor->subject = arena_alloc(&anchor->arena, sample->row_count + 1, sizeof(*anchor->subject));
    anchor->sturdy = arena_alloc(&anchor->arena, sample->row_count + 1, sizeof(*anchor->sturdy));
    if (!anchor->subject || !anchor->sturdy)
        return tq_no_memory(err);
    for (uint32_t row = 0; row < sample->row_count; row++)
        anchor->subject[row] = SUBJECT_NONE;

    linker.subject_bits = bits_of(sample->reg->kinds[anchor->kind].subject_count);
    r = anchor_pairs_find(anchor, err);
    if (r < 0)
        return r;
    r = load_facts(anchor, err);
    if (r < 0)
        return r;
    r = reserve_candidates(&linker.set, 64, err);
    if (r < 0)
        return r;
    r = link_rows(anchor, &linker, err);
    if (r < 0 || anchor->linked * 2 >= sample->row_count || !anchor_pairs_hides(anchor))
        return r;
    r = anchor_pairs_find_redacted(anchor, err);
    return r < 0 ? r : link_rows(anchor, &linker, err);
}

int anchor_find(const struct sample *sample, uint8_t kind, struct anchor *out_anchor,
                struct tq_error *err)
{
    struct anchor anchor = {.sample = sample, .kind = kind};
    int r = find_anchor(&anchor, err);

    if (r < 0) {
        anchor_clear(&anchor);
        return r;
    }
    *out_anchor = anchor;
    return TQ_OK;
}

void anchor_clear(struct anchor *anchor)
{
    for (size_t i = 0; i < anchor->pair_count; i++)
        anchor->pairs[i].view = view_free(anchor->pairs[i].view);
    free(anchor->pairs);
    arena_clear(&anchor->arena);
    *anchor = (struct anchor){0};
}

/* Whether this column's value of pair `number` is that of column `but`, or of one before it. */
static bool is_said_elsewhere(const struct anchor *anchor, uint32_t row, size_t number,
                              uint32_t but)
{
    const struct pair *pair = &anchor->pairs[number];

    for (size_t i = 0; i < anchor->pair_count; i++) {
        const struct pair *other = &anchor->pairs[i];

        if ((other->column == but || other->column < pair->column) && other->field == pair->field
            && other->view == pair->view && other->keys[row] == pair->keys[row])
            return true;
    }
    return false;
}

/* What the columns but one say for the row's subject; 0 if it has none. */
static int64_t weight_without(const struct anchor *anchor, uint32_t row, uint32_t column)
{
    uint32_t subjects = anchor->sample->reg->kinds[anchor->kind].subject_count;
    uint32_t subject = anchor->subject[row];
    int64_t total = 0;

    if (subject == SUBJECT_NONE)
        return 0;
    for (size_t i = 0; i < anchor->pair_count;) {
        uint16_t at = anchor->pairs[i].column;
        int64_t best = 0;

        for (; i < anchor->pair_count && anchor->pairs[i].column == at; i++) {
            const struct pair *pair = &anchor->pairs[i];
            int64_t weight;

            if (at == column || pair->keys[row] == KEY_NONE
                || !pair_names(pair, subject, pair->keys[row])
                || is_said_elsewhere(anchor, row, i, column))
                continue;
            weight = weight_of(PAIR_RELIABILITY, subjects, pair_frequency(pair, pair->keys[row]));
            best = weight > best ? weight : best;
        }
        total += best;
    }
    return total;
}

static int64_t subject_bits(const struct anchor *anchor)
{
    return bits_of(anchor->sample->reg->kinds[anchor->kind].subject_count);
}

bool anchor_holds_without(const struct anchor *anchor, uint32_t row, uint32_t column)
{
    return anchor->subject[row] != SUBJECT_NONE
           && weight_without(anchor, row, column)
                  >= subject_bits(anchor) + MARGIN_BITS * WEIGHT_ONE;
}

bool anchor_names_without(const struct anchor *anchor, uint32_t row, uint32_t column)
{
    return anchor->subject[row] != SUBJECT_NONE
           && weight_without(anchor, row, column) >= subject_bits(anchor) - NAMED_BITS * WEIGHT_ONE;
}
