/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "match/match.h"
#include "register/register.h"

/* Links that tell how often records share a subject. */
#define SURE_MIN 990000u

/* The contenders of one record. */
struct contest {
    uint32_t record;
    uint32_t posterior; /* of the likeliest */
    size_t first, count;
};

/* The surest record of a subject that is settled. */
struct claim {
    uint32_t posterior; /* now */
    uint32_t before;    /* it was settled */
};

struct contests {
    const struct contender *contenders;
    struct contest *items; /* owned; surest first */
    size_t count;
    struct claim *claims;     /* owned; by subject */
    double repetition;        /* how many times likelier a subject is who has a record already */
    double subjects, claimed; /* in all, and those who have one */
    double open;              /* records that are not settled yet */
};

static void contests_clear(struct contests *contests)
{
    free(contests->items);
    free(contests->claims);
}

void contender_list_clear(struct contender_list *list)
{
    free(list->items);
    *list = (struct contender_list){0};
}

static int surest_first(const void *a, const void *b)
{
    const struct contest *x = a, *y = b;

    if (x->posterior != y->posterior)
        return x->posterior > y->posterior ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

static int find_contests(struct contests *contests, const struct contender_list *list,
                         struct tq_error *err)
{
    contests->contenders = list->items;
    contests->items = alloc_zeroed(list->count + 1, sizeof(*contests->items));
    if (!contests->items)
        return tq_no_memory(err);
    for (size_t i = 0; i < list->count; i++) {
        const struct contender *contender = &list->items[i];

        if (i == 0 || contender->record != list->items[i - 1].record)
            contests->items[contests->count++] = (struct contest){
                .record = contender->record, .posterior = contender->posterior, .first = i};
        contests->items[contests->count - 1].count++;
    }
    if (contests->count > 1)
        qsort(contests->items, contests->count, sizeof(*contests->items), surest_first);
    return TQ_OK;
}

/*
 * Pairs of sure records that share a subject, over those expected if every record had drawn its
 * subject at random; one pair is added to both, so that a small table tells nothing. At most 1:
 * that repeated subjects are likelier than others is for the table's own evidence to say.
 */
static int measure_repetition(struct contests *contests, const struct link *links, size_t count,
                              uint32_t subject_count, struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *seen = alloc_zeroed(subject_count + (size_t)1, sizeof(*seen));
    double pairs = 0, sure = 0, expected;

    if (!seen)
        return tq_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (links[i].subject >= subject_count || links[i].posterior < SURE_MIN)
            continue;
        pairs += seen[links[i].subject]++;
        sure++;
    }
    expected = sure * (sure - 1) / 2 / subject_count;
    contests->repetition = (pairs + 1) / (expected + 1);
    if (contests->repetition > 1)
        contests->repetition = 1;
    return TQ_OK;
}

static void claim_subject(struct contests *contests, uint32_t subject, uint32_t posterior,
                          uint32_t before)
{
    struct claim *claim = &contests->claims[subject];

    if (before <= claim->before)
        return;
    contests->claimed += ((double)posterior - claim->posterior) / PROBABILITY_ONE;
    *claim = (struct claim){posterior, before};
}

/* Links that nobody contests stand. */
static int claim_settled(struct contests *contests, const struct link *links, size_t count,
                         uint32_t subject_count, struct tq_error *err)
{
    CLEANUP(free_cleanup) bool *contested = alloc_zeroed(count + 1, sizeof(*contested));

    contests->claims = alloc_zeroed(subject_count + (size_t)1, sizeof(*contests->claims));
    if (!contested || !contests->claims)
        return tq_no_memory(err);
    for (size_t i = 0; i < contests->count; i++)
        contested[contests->items[i].record] = true;
    for (size_t i = 0; i < count; i++) {
        if (!contested[i] && links[i].subject < subject_count)
            claim_subject(contests, links[i].subject, links[i].posterior, links[i].posterior);
    }
    return TQ_OK;
}

/*
 * How many times likelier subjects without a record are, once others have theirs: what those lose
 * these gain. Not more than one open record can be about each of them.
 */
static double factor_of_unclaimed(const struct contests *contests)
{
    double gain = (contests->subjects - contests->claimed * contests->repetition + 1)
                  / (contests->subjects - contests->claimed + 1);
    double most = contests->subjects / (contests->open + 1);

    if (gain > most)
        gain = most;
    return gain > 1 ? gain : 1;
}

/* Two records that are as sure do not contest: they may well be one, published twice. */
static double factor_of(const struct contests *contests, const struct contender *contender)
{
    const struct claim *claim = &contests->claims[contender->subject];
    double others = factor_of_unclaimed(contests);
    double claimed = (double)claim->posterior / PROBABILITY_ONE;

    if (claim->before <= contender->posterior)
        return others;
    return claimed * contests->repetition + (1 - claimed) * others;
}

static uint32_t millionths_of(double probability)
{
    return (uint32_t)(probability * PROBABILITY_ONE + .5);
}

/* The likeliest contender in view of the claims, and the link that follows. */
static struct link settle(const struct contests *contests, const struct contest *contest,
                          struct link link)
{
    double rest = 1, sum = 0, best = 0;

    for (size_t i = 0; i < contest->count; i++) {
        const struct contender *contender = &contests->contenders[contest->first + i];
        double before = (double)contender->posterior / PROBABILITY_ONE;
        double after = before * factor_of(contests, contender);

        rest -= before;
        sum += after;
        if (after > best) {
            best = after;
            link.subject = contender->subject;
        }
    }
    sum += rest > 0 ? rest : 0;
    link.posterior = millionths_of(best / sum);
    link.nobody = millionths_of((double)link.nobody / PROBABILITY_ONE / sum);
    if (link.nobody > PROBABILITY_ONE - link.posterior)
        link.nobody = PROBABILITY_ONE - link.posterior;
    return link;
}

static bool settle_all(struct contests *contests, struct link *links)
{
    bool changed = false;

    contests->open = (double)contests->count;
    for (size_t i = 0; i < contests->count; i++) {
        const struct contest *contest = &contests->items[i];
        struct link *link = &links[contest->record];
        struct link settled = settle(contests, contest, *link);

        claim_subject(contests, settled.subject, settled.posterior, link->posterior);
        contests->open--;
        if (settled.posterior < LINK_MIN)
            settled.subject = SUBJECT_NONE;
        changed |= settled.subject != link->subject || settled.posterior != link->posterior;
        *link = settled;
    }
    return changed;
}

int match_settle_contests(struct link *links, size_t count, const struct contender_list *contenders,
                          uint32_t subject_count, bool *out_changed, struct tq_error *err)
{
    CLEANUP(contests_clear) struct contests contests = {0};
    int r;

    contests.subjects = subject_count;
    *out_changed = false;
    if (contenders->count == 0)
        return TQ_OK;
    r = measure_repetition(&contests, links, count, subject_count, err);
    if (r < 0)
        return r;
    r = find_contests(&contests, contenders, err);
    if (r < 0)
        return r;
    r = claim_settled(&contests, links, count, subject_count, err);
    if (r < 0)
        return r;
    *out_changed = settle_all(&contests, links);
    return TQ_OK;
}
