/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Learnt codebooks. Method and constants: algorithms.md 1.4. */
#include "reading/codebook.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "reading/scratch.h"

#define CELLS_MIN      2u
#define CELLS_MAX      64u
#define ROWS_A_CELL    5u /* at most one distinct cell in so many rows */
#define DOMAIN_MIN     2u
#define DOMAIN_MAX     130u
#define OWN_VALUES_MAX 65536u /* of a field, that are added to a codebook */
#define HALF_NONE      2u     /* leaves no holder out */

void codebook_clear(struct codebook *codebook)
{
    arena_clear(&codebook->arena);
    *codebook = (struct codebook){0};
}

static int compare_prints(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* The distinct cells, as they come; false if there are too few or too many. */
static bool collect_cells(const uint64_t *prints, const struct cell_keys *cells,
                          uint64_t distinct[CELLS_MAX], uint32_t *out_count)
{
    uint32_t used = 0, count = 0;

    for (uint32_t i = 0; i < cells->count; i++) {
        uint32_t at = 0;

        if (!cells->used[i] || prints[i] == FINGERPRINT_NONE)
            continue;
        used++;
        while (at < count && distinct[at] != prints[i])
            at++;
        if (at < count)
            continue;
        if (count == CELLS_MAX)
            return false;
        distinct[count++] = prints[i];
    }
    *out_count = count;
    return count >= CELLS_MIN && count * ROWS_A_CELL <= used;
}

bool codebook_may_fit(const uint64_t *cell_prints, const struct cell_keys *cells)
{
    uint64_t distinct[CELLS_MAX];
    uint32_t count;

    return collect_cells(cell_prints, cells, distinct, &count);
}

static bool number_cells(struct codebook *codebook, const uint64_t *prints,
                         const struct cell_keys *cells)
{
    if (!collect_cells(prints, cells, codebook->cells, &codebook->cell_count))
        return false;
    qsort(codebook->cells, codebook->cell_count, sizeof(*codebook->cells), compare_prints);
    for (uint32_t i = 0; i < cells->count; i++) {
        const uint64_t *found = NULL;

        if (cells->used[i])
            found = bsearch(&prints[i], codebook->cells, codebook->cell_count,
                            sizeof(*codebook->cells), compare_prints);
        codebook->cell_of_row[i] = found ? (uint32_t)(found - codebook->cells) : KEY_NONE;
    }
    return true;
}

static bool number_domain(struct codebook *codebook, struct held_view held)
{
    for (size_t i = 0; i < held.count; i++) {
        uint32_t at = 0;

        while (at < codebook->domain_count && codebook->domain[at] != held.items[i].key)
            at++;
        if (at < codebook->domain_count)
            continue;
        if (codebook->domain_count == DOMAIN_MAX)
            return false;
        codebook->domain[codebook->domain_count++] = held.items[i].key;
    }
    return codebook->domain_count >= DOMAIN_MIN;
}

/* A held value, to find where its holder comes first. */
struct occurrence {
    uint32_t holder, at, item;
};

static int compare_occurrences(const void *a, const void *b)
{
    const struct occurrence *x = a, *y = b;

    if (x->holder != y->holder)
        return x->holder < y->holder ? -1 : 1;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

/*
 * Each holder is in one half: by the row in which it comes first, mixed, so that neighbours part.
 * Not by its number: in a register of fingerprints that depends on the key.
 */
static int part_holders(struct codebook *codebook, struct held_view held, struct tq_error *err)
{
    CLEANUP(free_cleanup)
    struct occurrence *occurrences = alloc_zeroed(held.count + 1, sizeof(*occurrences));
    uint32_t first = 0;

    if (!occurrences)
        return tq_no_memory(err);
    for (size_t i = 0; i < held.count; i++)
        occurrences[i] = (struct occurrence){held.items[i].holder, held.items[i].at, (uint32_t)i};
    qsort(occurrences, held.count, sizeof(*occurrences), compare_occurrences);
    for (size_t i = 0; i < held.count; i++) {
        if (i == 0 || occurrences[i].holder != occurrences[i - 1].holder)
            first = occurrences[i].at;
        codebook->half_of[occurrences[i].item] = (uint8_t)(hash_mix(first) & 1u);
    }
    return TQ_OK;
}

int codebook_prepare(const uint64_t *cell_prints, const struct cell_keys *cells,
                     struct held_view held, struct codebook *out_codebook, bool *out_fits,
                     struct tq_error *err)
{
    struct codebook codebook = {0};
    struct arena *arena = &codebook.arena;
    int r;

    codebook.cells = arena_alloc(arena, CELLS_MAX, sizeof(*codebook.cells));
    codebook.domain = arena_alloc(arena, DOMAIN_MAX, sizeof(*codebook.domain));
    codebook.mapped = arena_alloc(arena, CELLS_MAX, sizeof(*codebook.mapped));
    codebook.joint = arena_alloc(arena, CELLS_MAX * DOMAIN_MAX, sizeof(*codebook.joint));
    codebook.cell_of_row = arena_alloc(arena, cells->count + 1, sizeof(*codebook.cell_of_row));
    codebook.half = arena_alloc(arena, held.count + 1, sizeof(*codebook.half));
    codebook.half_of = arena_alloc(arena, held.count + 1, sizeof(*codebook.half_of));
    if (!codebook.half || !codebook.half_of || !codebook.cells || !codebook.domain
        || !codebook.mapped || !codebook.joint || !codebook.cell_of_row) {
        codebook_clear(&codebook);
        return tq_no_memory(err);
    }
    r = part_holders(&codebook, held, err);
    if (r < 0) {
        codebook_clear(&codebook);
        return r;
    }
    *out_fits = number_cells(&codebook, cell_prints, cells) && number_domain(&codebook, held);
    *out_codebook = codebook;
    return TQ_OK;
}

static uint32_t domain_number(const struct codebook *codebook, uint32_t key)
{
    uint32_t at = 0;

    while (codebook->domain[at] != key)
        at++;
    return at;
}

/* Map each cell to the key it stands with most often, of equals the one met first, over the holders
 * that are not in `half`. */
static void learn(struct codebook *codebook, const struct cell_keys *cells, struct held_view held,
                  uint32_t half)
{
    uint32_t domain_count = codebook->domain_count;

    memset(codebook->joint, 0,
           (size_t)codebook->cell_count * domain_count * sizeof(*codebook->joint));
    for (size_t i = 0; i < held.count; i++) {
        uint32_t at = held.items[i].at;

        if (!cells->used[at] || codebook->cell_of_row[at] == KEY_NONE
            || codebook->half_of[i] == half)
            continue;
        codebook->joint[codebook->cell_of_row[at] * domain_count
                        + domain_number(codebook, held.items[i].key)]++;
    }
    for (uint32_t c = 0; c < codebook->cell_count; c++) {
        uint32_t best = 0;

        codebook->mapped[c] = KEY_NONE;
        for (uint32_t d = 0; d < domain_count; d++) {
            if (codebook->joint[c * domain_count + d] > best) {
                best = codebook->joint[c * domain_count + d];
                codebook->mapped[c] = codebook->domain[d];
            }
        }
    }
}

static struct held_view take_half(struct codebook *codebook, struct held_view held, uint32_t half)
{
    size_t count = 0;

    for (size_t i = 0; i < held.count; i++) {
        if (codebook->half_of[i] == half)
            codebook->half[count++] = held.items[i];
    }
    return (struct held_view){codebook->half, count};
}

/* Rows that are used and whose subject holds anything. */
static uint32_t count_compared(const struct cell_keys *cells, struct held_view held)
{
    uint32_t count = 0;

    for (size_t i = 0; i < held.count; i++) {
        bool first = i == 0 || held.items[i].at != held.items[i - 1].at;

        count += first && cells->used[held.items[i].at];
    }
    return count;
}

/* A row agrees if what either half taught names something that the row's holders in the other half
 * hold; so does chance. */
int codebook_measure(struct codebook *codebook, const struct cell_keys *cells,
                     struct cell_keys *scratch, struct held_view held, struct tally *tally,
                     struct measure *out_measure, struct tq_error *err)
{
    struct measure sum = {.compared = count_compared(cells, held)}, part;
    int r;

    for (uint32_t half = 0; half < 2; half++) {
        learn(codebook, cells, held, half);
        for (uint32_t i = 0; i < cells->count; i++) {
            uint32_t cell = codebook->cell_of_row[i];

            scratch->used[i] = cells->used[i];
            scratch->key[i] = cell == KEY_NONE ? KEY_NONE : codebook->mapped[cell];
        }
        r = key_tally_number(tally, scratch, err);
        if (r < 0)
            return r;
        part = key_tally_measure(tally, scratch, take_half(codebook, held, half));
        sum.agreed += part.agreed;
        if (sum.compared > 0)
            sum.chance += part.chance * part.compared / sum.compared;
    }
    if (sum.agreed > sum.compared)
        sum.agreed = sum.compared;
    *out_measure = sum;
    return TQ_OK;
}

static int compare_entries(const void *a, const void *b)
{
    const struct codebook_entry *x = a, *y = b;

    return (x->cell > y->cell) - (x->cell < y->cell);
}

/* Entries for the field's own values, after the `count` learnt ones (which are sorted). */
static int add_own_values(struct codebook_entry *entries, uint32_t *count, const struct reg *reg,
                          const struct field *field, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    uint32_t learnt = *count, kept;
    int r = scratch_reserve(&scratch, err);

    if (r < 0)
        return r;
    for (uint32_t value = 0; value < field->value_count; value++) {
        struct codebook_entry entry = {.key = field_value_key(field, value)};

        entry.cell = normalise_fingerprint(&reg->normaliser, AS_CODE,
                                           field_value_text(field, value), &scratch);
        if (entry.cell != FINGERPRINT_NONE
            && !bsearch(&entry, entries, learnt, sizeof(entry), compare_entries))
            entries[(*count)++] = entry;
    }
    if (*count > 1)
        qsort(entries, *count, sizeof(*entries), compare_entries);
    kept = *count > 0;
    for (uint32_t i = 1; i < *count; i++) {
        if (entries[i].cell != entries[kept - 1].cell)
            entries[kept++] = entries[i];
    }
    *count = kept;
    return TQ_OK;
}

int codebook_entries(struct codebook *codebook, const struct reg *reg, const struct field *field,
                     const struct cell_keys *cells, struct held_view held,
                     struct codebook_entry **out_entries, uint32_t *out_count, struct tq_error *err)
{
    bool complete = field->value_count <= OWN_VALUES_MAX;
    CLEANUP(free_cleanup)
    struct codebook_entry *entries =
        alloc_zeroed(CELLS_MAX + (complete ? field->value_count : 0), sizeof(*entries));
    uint32_t count = 0;

    if (!entries)
        return tq_no_memory(err);
    learn(codebook, cells, held, HALF_NONE);
    for (uint32_t c = 0; c < codebook->cell_count; c++) {
        if (codebook->mapped[c] != KEY_NONE)
            entries[count++] = (struct codebook_entry){codebook->cells[c], codebook->mapped[c]};
    }
    if (complete) {
        int r = add_own_values(entries, &count, reg, field, err);

        if (r < 0)
            return r;
    }
    *out_entries = TAKE(entries);
    *out_count = count;
    return TQ_OK;
}
