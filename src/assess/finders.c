/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "assess/finders.h"

#include <stdlib.h>
#include <string.h>

#include "assess/recapture.h"
#include "base/alloc.h"
#include "base/cleanup.h"

#define PARTS           10u /* of the register, in its own order, to look for uneven finding */
#define PART_LEAST      20u /* in the hands of each finder; smaller parts are taken together */
#define CONTAINED_SHARE 95u /* percent of the smaller: one has the other's list */
#define UNEVEN_CHANCE   .01

int finders_init(struct finders *finders, uint8_t kind_count, const uint32_t *subject_counts,
                 const uint16_t *of_exhibit, size_t exhibit_count, unsigned count,
                 struct tq_error *err)
{
    struct finders made = {.count = count,
                           .exhibit_count = exhibit_count,
                           .kind_count = kind_count,
                           .of_exhibit = alloc_zeroed(exhibit_count + 1, sizeof(uint16_t)),
                           .kinds = alloc_zeroed((size_t)kind_count + 1, sizeof(*made.kinds))};

    if (!made.of_exhibit || !made.kinds) {
        finders_clear(&made);
        return tq_no_memory(err);
    }
    if (exhibit_count > 0)
        memcpy(made.of_exhibit, of_exhibit, exhibit_count * sizeof(*of_exhibit));
    for (unsigned i = 0; i < kind_count; i++)
        made.kinds[i].subject_count = subject_counts[i];
    *finders = made;
    return TQ_OK;
}

void finders_clear(struct finders *finders)
{
    for (unsigned i = 0; finders->kinds && i < finders->kind_count; i++)
        free(finders->kinds[i].holders);
    free(finders->kinds);
    free(finders->of_exhibit);
    *finders = (struct finders){0};
}

static int make_holders(struct finders_kind *kind, struct tq_error *err)
{
    if (!kind->holders)
        kind->holders = alloc_zeroed((size_t)kind->subject_count + 1, sizeof(*kind->holders));
    return kind->holders ? TQ_OK : tq_no_memory(err);
}

int finders_add(struct finders *finders, uint8_t kind, uint32_t subject, uint32_t exhibit,
                struct tq_error *err)
{
    uint16_t who = exhibit < finders->exhibit_count ? finders->of_exhibit[exhibit] : 0;
    int r;

    if (who == 0 || kind >= finders->kind_count || subject >= finders->kinds[kind].subject_count)
        return TQ_OK;
    r = make_holders(&finders->kinds[kind], err);
    if (r < 0)
        return r;
    finders->kinds[kind].holders[subject] |= who;
    for (unsigned i = 0; i < finders->count; i++) {
        if (who & 1u << i)
            finders->copied[i] |= who & (uint16_t) ~(1u << i);
    }
    return TQ_OK;
}

int finders_merge(struct finders *finders, const struct finders *other, struct tq_error *err)
{
    if (finders->count != other->count || finders->kind_count != other->kind_count)
        return tq_fail(err, TQ_E_USAGE, "the parts were made of evidence from different sources");
    for (unsigned i = 0; i < other->kind_count; i++) {
        int r = other->kinds[i].holders ? make_holders(&finders->kinds[i], err) : TQ_OK;

        if (r < 0)
            return r;
        for (uint32_t s = 0; other->kinds[i].holders && s < other->kinds[i].subject_count; s++)
            finders->kinds[i].holders[s] |= other->kinds[i].holders[s];
    }
    for (unsigned i = 0; i < FINDERS_MAX; i++)
        finders->copied[i] |= other->copied[i];
    return TQ_OK;
}

/* ---- estimates ---- */

/* `of`: the part of each subject; NULL: the register in its own order, cut into equal parts. */
static void count_parts(const struct finders_kind *kind, unsigned first, unsigned second,
                        const uint16_t *of, struct overlap *parts)
{
    for (uint32_t i = 0; i < kind->subject_count; i++) {
        struct overlap *part = &parts[of ? of[i] : (uint64_t)i * PARTS / kind->subject_count];
        unsigned by_first = kind->holders[i] >> first & 1u;
        unsigned by_second = kind->holders[i] >> second & 1u;

        part->first += by_first;
        part->second += by_second;
        part->both += by_first & by_second;
    }
}

static void add_part(struct overlap *sum, const struct overlap *part)
{
    sum->first += part->first;
    sum->second += part->second;
    sum->both += part->both;
}

static enum recapture_status status_of(const struct overlap *overlap, bool is_copied)
{
    uint64_t smaller = overlap->first < overlap->second ? overlap->first : overlap->second;

    if (is_copied)
        return RECAPTURE_COPIED;
    if (overlap->both * 100 >= smaller * CONTAINED_SHARE)
        return RECAPTURE_CONTAINED;
    return overlap->both < RECAPTURE_BOTH_LEAST ? RECAPTURE_TOO_FEW : RECAPTURE_USABLE;
}

static void take_estimate(const struct recapture *estimate, struct recapture_row *row)
{
    row->value = (uint64_t)(estimate->value + .5);
    row->low = estimate->low;
    row->high = estimate->high;
}

/* Where both find some parts of the register better than others, parts are estimated alone; the
 * limits then reach over both estimates. */
static void take_parts(const struct overlap *parts, size_t count, double chance,
                       struct recapture_row *row)
{
    struct recapture by_parts = recapture_by_parts(parts, count);

    row->chance = chance;
    row->is_uneven = chance < UNEVEN_CHANCE;
    if (!row->is_uneven)
        return;
    row->stratified = (uint64_t)(by_parts.value + .5);
    row->low = by_parts.low < row->low ? by_parts.low : row->low;
    row->high = by_parts.high > row->high ? by_parts.high : row->high;
}

/* Parts of which hardly anybody is found become one, behind the others; how many are left. */
static size_t join_small_parts(struct overlap *parts, size_t count)
{
    struct overlap rest = {0, 0, 0};
    size_t left = 0;

    for (size_t i = 0; i < count; i++) {
        if (parts[i].first < PART_LEAST || parts[i].second < PART_LEAST)
            add_part(&rest, &parts[i]);
        else
            parts[left++] = parts[i];
    }
    parts[left] = rest;
    return left + 1;
}

int finders_compare_parts(const struct finders *finders, unsigned first, unsigned second,
                          const uint16_t *of, size_t count, unsigned ways,
                          struct recapture_row *row, bool *out_taken, struct tq_error *err)
{
    const struct finders_kind *kind = &finders->kinds[row->kind];
    CLEANUP(free_cleanup) struct overlap *parts = alloc_zeroed(count + 1, sizeof(*parts));
    struct overlap all = {0, 0, 0};
    struct recapture estimate;
    double chance;

    if (!parts)
        return tq_no_memory(err);
    *out_taken = false;
    count_parts(kind, first, second, of, parts);
    count = join_small_parts(parts, count);
    chance = recapture_evenness(parts, count) * ways;
    if (row->status != RECAPTURE_USABLE || chance >= row->chance)
        return TQ_OK;
    for (size_t i = 0; i < count; i++)
        add_part(&all, &parts[i]);
    estimate = recapture_chapman(&all);
    take_estimate(&estimate, row);
    take_parts(parts, count, chance, row);
    *out_taken = true;
    return TQ_OK;
}

static bool estimate_pair(const struct finders *finders, uint8_t kind, unsigned first,
                          unsigned second, struct recapture_row *row)
{
    struct overlap all = {0}, parts[PARTS] = {{0}};
    struct recapture estimate;

    count_parts(&finders->kinds[kind], first, second, NULL, parts);
    for (unsigned i = 0; i < PARTS; i++)
        add_part(&all, &parts[i]);
    if (all.first == 0 || all.second == 0)
        return false;
    estimate = recapture_chapman(&all);
    row->found_first = all.first;
    row->found_second = all.second;
    row->twice = all.both;
    row->once = all.first + all.second - 2 * all.both;
    row->seen = row->once + row->twice;
    row->value = row->low = row->high = row->seen;
    row->status = status_of(&all, finders->copied[first] & 1u << second);
    if (row->status != RECAPTURE_USABLE)
        return true;
    take_estimate(&estimate, row);
    take_parts(parts, PARTS, recapture_evenness(parts, PARTS), row);
    return true;
}

/* The worst that any two of them have to say; *out_found: how many of them hold anybody. */
static enum recapture_status status_of_all(const struct finders *finders, uint8_t kind,
                                           unsigned *out_found)
{
    enum recapture_status status = RECAPTURE_USABLE;
    uint16_t found = 0;

    for (uint32_t i = 0; i < finders->kinds[kind].subject_count; i++)
        found |= finders->kinds[kind].holders[i];
    *out_found = (unsigned)__builtin_popcount(found);
    for (unsigned first = 0; first < finders->count; first++) {
        for (unsigned second = first + 1; second < finders->count; second++) {
            struct recapture_row pair = {.kind = kind};

            if (estimate_pair(finders, kind, first, second, &pair)
                && (pair.status == RECAPTURE_COPIED || pair.status == RECAPTURE_CONTAINED)
                && status != RECAPTURE_COPIED)
                status = pair.status;
        }
    }
    return status;
}

static bool estimate_all(const struct finders *finders, uint8_t kind, struct recapture_row *row)
{
    struct recapture estimate;
    unsigned found;

    row->status = status_of_all(finders, kind, &found);
    if (found < 3)
        return false;
    for (uint32_t i = 0; i < finders->kinds[kind].subject_count; i++) {
        unsigned times = (unsigned)__builtin_popcount(finders->kinds[kind].holders[i]);

        row->seen += times > 0;
        row->once += times == 1;
        row->twice += times == 2;
    }
    row->value = row->low = row->high = row->seen;
    if (row->status == RECAPTURE_USABLE && row->twice < RECAPTURE_BOTH_LEAST)
        row->status = RECAPTURE_TOO_FEW;
    if (row->status != RECAPTURE_USABLE)
        return true;
    estimate = recapture_chao(found, row->seen, row->once, row->twice);
    take_estimate(&estimate, row);
    return true;
}

bool finders_estimate(const struct finders *finders, uint8_t kind, unsigned first, unsigned second,
                      struct recapture_row *out_row)
{
    struct recapture_row row = {.kind = kind, .chance = 1, .parts = SLICE_LITERAL("")};

    if (kind >= finders->kind_count || !finders->kinds[kind].holders || first >= finders->count
        || second >= finders->count)
        return false;
    if (first == second ? !estimate_all(finders, kind, &row)
                        : !estimate_pair(finders, kind, first, second, &row))
        return false;
    *out_row = row;
    return true;
}
