/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "layout/cluster.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "layout/tally.h"

/* Shares in hundredths; all from algorithms.md 2.1, step 4. */
#define LEADER_LIKENESS   40
#define CORE_SHARE        60
#define MERGE_LIKENESS    70
#define CONTAINMENT       70
#define TEXT_CONTAINMENT  80  /* our own, of the pairs of words of running text ... */
#define TEXT_PAIRS_MIN    12u /* ... of which there are at least so many */
#define CORE_MIN          3u
#define PASSES            3
#define KEEP_MIN          3u  /* documents that share a feature ... */
#define KEEP_SHARE        100 /* ... or one in so many */
#define FEW_DOCUMENTS     12u
#define LEADERS_MAX       512u /* bounds the work; those without one have another round */
#define LEADER_SAMPLE_MAX 2048u
#define ROUNDS            6

/* Features without their repeat bit, sorted: neighbouring places differ by one. */
struct set {
    uint64_t *items; /* owned or borrowed, as the holder says */
    size_t count;
};

struct grouping {
    const struct features *documents;
    uint32_t *members; /* documents of this round, rising */
    uint32_t member_count;
    struct set *kept; /* per member: features that enough documents share; slices of `memory` */
    uint64_t *memory;
    struct set *cores; /* per cluster; items owned */
    uint32_t core_count;
    uint32_t *assigned; /* per member: cluster or CLUSTER_NONE */
    uint64_t *room;     /* for sorting: as large as `memory` */
};

/* How many of `a` are in `b`, one place more or less. */
static size_t shared(struct set a, struct set b)
{
    size_t count = 0, k = 0;

    for (size_t i = 0; i < a.count; i++) {
        while (k < b.count && b.items[k] + 1 < a.items[i])
            k++;
        count += k < b.count && b.items[k] <= a.items[i] + 1;
    }
    return count;
}

/* Jaccard's likeness in hundredths. */
static unsigned likeness(struct set a, struct set b)
{
    size_t both, all;

    if (a.count == 0 || b.count == 0)
        return 0;
    both = shared(a, b);
    all = a.count + b.count > both ? a.count + b.count - both : 1;
    return (unsigned)(both * 100 / all);
}

static bool may_be_alike(struct set a, struct set b)
{
    size_t smaller = a.count < b.count ? a.count : b.count;
    size_t larger = a.count < b.count ? b.count : a.count;

    return smaller * 100 >= larger * LEADER_LIKENESS;
}

/* Keep the features of `sorted` (with duplicates, one a document) that at least `wanted` documents
 * have, counting neighbouring places; of neighbours the commonest. */
static size_t keep_common(const uint64_t *sorted, size_t count, size_t wanted, uint64_t *out)
{
    size_t kept = 0, i = 0, before = 0, last_own = 0;

    while (i < count) {
        size_t end = i, after = 0, own;

        while (end < count && sorted[end] == sorted[i])
            end++;
        own = end - i;
        for (size_t k = end; k < count && sorted[k] == sorted[i] + 1; k++)
            after++;
        if (i == 0 || sorted[i - 1] + 1 != sorted[i])
            before = 0;
        if (before + own + after >= wanted) {
            bool is_near = kept > 0 && out[kept - 1] + 1 == sorted[i];

            if (!is_near) {
                out[kept++] = sorted[i];
                last_own = own;
            } else if (own > last_own) {
                out[kept - 1] = sorted[i];
                last_own = own;
            }
        }
        before = own;
        i = end;
    }
    return kept;
}

/* Places and pairs of words; pairs hold running text together whose lines break differently. */
static size_t feature_count(const struct features *features)
{
    return (size_t)features->place_count + features->pair_count;
}

/* The features that enough members share, in grouping->room; how many. */
static int find_common(struct grouping *grouping, size_t total, size_t *out_count,
                       struct tq_error *err)
{
    CLEANUP(free_cleanup) uint64_t *all = alloc_zeroed(total + 1, sizeof(*all));
    CLEANUP(free_cleanup) struct tally *tallies = NULL;
    size_t wanted = grouping->member_count / KEEP_SHARE, count = 0;
    int r;

    if (!all)
        return tq_no_memory(err);
    for (uint32_t m = 0; m < grouping->member_count; m++) {
        const struct features *features = &grouping->documents[grouping->members[m]];

        memcpy(all + count, features->places, feature_count(features) * sizeof(*all));
        count += feature_count(features);
    }
    tally_sort(all, total, grouping->room);
    r = tally_make(all, total, &tallies, &count, err);
    if (r < 0)
        return r;
    *out_count =
        tally_common(tallies, count, wanted > KEEP_MIN ? wanted : KEEP_MIN, grouping->room);
    return TQ_OK;
}

/* Per member the features that enough members of the round have. */
static int keep_features(struct grouping *grouping, struct tq_error *err)
{
    size_t total = 0, common = 0, used = 0;
    int r;

    for (uint32_t m = 0; m < grouping->member_count; m++)
        total += feature_count(&grouping->documents[grouping->members[m]]);
    grouping->memory = alloc_zeroed(total + 1, sizeof(*grouping->memory));
    grouping->room = alloc_zeroed(total + 1, sizeof(*grouping->room));
    if (!grouping->memory || !grouping->room)
        return tq_no_memory(err);
    r = find_common(grouping, total, &common, err);
    if (r < 0)
        return r;

    for (uint32_t m = 0; m < grouping->member_count; m++) {
        const struct features *features = &grouping->documents[grouping->members[m]];
        struct set *kept = &grouping->kept[m];

        kept->items = grouping->memory + used;
        for (size_t i = 0; i < feature_count(features); i++) {
            uint64_t feature = features->places[i] >> 1;

            if (bsearch(&feature, grouping->room, common, sizeof(feature), feature_compare))
                kept->items[kept->count++] = feature;
        }
        if (kept->count > 1)
            qsort(kept->items, kept->count, sizeof(*kept->items), feature_compare);
        used += kept->count;
    }
    return TQ_OK;
}

struct ranked {
    size_t count;
    uint32_t member;
};

static int by_count(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->count != y->count)
        return x->count < y->count ? -1 : 1;
    return (x->member > y->member) - (x->member < y->member);
}

/* Members of a fixed stride, short documents first; how many. */
static uint32_t order_sample(struct grouping *grouping, struct ranked *order)
{
    uint32_t sample =
        grouping->member_count < LEADER_SAMPLE_MAX ? grouping->member_count : LEADER_SAMPLE_MAX;

    for (uint32_t i = 0; i < sample; i++) {
        uint32_t m = (uint32_t)((uint64_t)i * grouping->member_count / sample);

        order[i] = (struct ranked){grouping->kept[m].count, m};
    }
    qsort(order, sample, sizeof(*order), by_count);
    return sample;
}

/* Join the most similar leader or become one. Documents outside the sample, and templates too rare
 * for it, are assigned later. */
static int find_leaders(struct grouping *grouping, struct tq_error *err)
{
    CLEANUP(free_cleanup)
    struct ranked *order = alloc_zeroed(grouping->member_count + 1, sizeof(*order));
    CLEANUP(free_cleanup) uint32_t *leaders = alloc_zeroed(LEADERS_MAX, sizeof(*leaders));
    uint32_t leader_count = 0, sample;

    if (!order || !leaders)
        return tq_no_memory(err);
    for (uint32_t m = 0; m < grouping->member_count; m++)
        grouping->assigned[m] = CLUSTER_NONE;
    sample = order_sample(grouping, order);

    for (uint32_t i = 0; i < sample; i++) {
        uint32_t m = order[i].member, best = CLUSTER_NONE;
        unsigned most = LEADER_LIKENESS - 1;

        if (grouping->kept[m].count < CORE_MIN)
            continue;
        for (uint32_t l = 0; l < leader_count; l++) {
            struct set leader = grouping->kept[leaders[l]];
            unsigned alike =
                may_be_alike(leader, grouping->kept[m]) ? likeness(leader, grouping->kept[m]) : 0;

            if (alike > most) {
                most = alike;
                best = l;
            }
        }
        if (best == CLUSTER_NONE && leader_count < LEADERS_MAX) {
            best = leader_count;
            leaders[leader_count++] = m;
        }
        grouping->assigned[m] = best;
    }
    grouping->core_count = leader_count;
    return TQ_OK;
}

static void count_members(const struct grouping *grouping, uint32_t *sizes)
{
    for (uint32_t m = 0; m < grouping->member_count; m++) {
        if (grouping->assigned[m] != CLUSTER_NONE)
            sizes[grouping->assigned[m]]++;
    }
}

/* The features that most members of a cluster have. */
static int make_core(struct grouping *grouping, uint32_t cluster, uint32_t size, struct set *out,
                     struct tq_error *err)
{
    size_t total = 0, wanted = (size * CORE_SHARE + 99) / 100;

    for (uint32_t m = 0; m < grouping->member_count; m++) {
        const struct set *kept = &grouping->kept[m];

        if (grouping->assigned[m] != cluster || kept->count == 0)
            continue;
        memcpy(grouping->room + total, kept->items, kept->count * sizeof(*kept->items));
        total += kept->count;
    }
    qsort(grouping->room, total, sizeof(*grouping->room), feature_compare);
    out->items = alloc_zeroed(total + 1, sizeof(*out->items));
    if (!out->items)
        return tq_no_memory(err);
    out->count = keep_common(grouping->room, total, wanted, out->items);
    return TQ_OK;
}

static void free_cores(struct grouping *grouping)
{
    for (uint32_t c = 0; grouping->cores && c < grouping->core_count; c++)
        free(grouping->cores[c].items);
    free(grouping->cores);
    grouping->cores = NULL;
}

static bool is_like_another(const struct grouping *grouping, struct set core, uint32_t count)
{
    for (uint32_t k = 0; k < count; k++) {
        if (likeness(core, grouping->cores[k]) >= MERGE_LIKENESS)
            return true;
    }
    return false;
}

/* The cores of the present clusters, larger clusters first, without those like a larger one. */
static int make_cores(struct grouping *grouping, struct tq_error *err)
{
    uint32_t cluster_count = grouping->core_count, kept = 0;
    uint32_t smallest = grouping->member_count < FEW_DOCUMENTS ? 2 : 3;
    CLEANUP(free_cleanup) uint32_t *sizes = alloc_zeroed(cluster_count + 1, sizeof(*sizes));
    CLEANUP(free_cleanup) struct ranked *order = alloc_zeroed(cluster_count + 1, sizeof(*order));

    grouping->core_count = 0;
    grouping->cores = alloc_zeroed(cluster_count + 1, sizeof(*grouping->cores));
    if (!sizes || !order || !grouping->cores)
        return tq_no_memory(err);
    count_members(grouping, sizes);
    for (uint32_t c = 0; c < cluster_count; c++)
        order[c] = (struct ranked){SIZE_MAX - sizes[c], c};
    qsort(order, cluster_count, sizeof(*order), by_count);

    for (uint32_t i = 0; i < cluster_count; i++) {
        struct set core = {0};
        int r;

        if (sizes[order[i].member] < smallest)
            break;
        r = make_core(grouping, order[i].member, sizes[order[i].member], &core, err);
        if (r < 0)
            return r;
        if (core.count < CORE_MIN || is_like_another(grouping, core, kept)) {
            free(core.items);
            continue;
        }
        grouping->cores[kept++] = core;
        grouping->core_count = kept;
    }
    return TQ_OK;
}

/* Whether a document has nearly all the pairs of words of a core that is mostly running text. */
static bool has_same_text(struct set core, struct set document)
{
    size_t pairs = 0, both = 0;

    for (size_t i = 0; i < core.count; i++) {
        if (!feature_is_pair(core.items[i]))
            continue;
        pairs++;
        both += bsearch(&core.items[i], document.items, document.count, sizeof(uint64_t),
                        feature_compare)
                != NULL;
    }
    return pairs >= TEXT_PAIRS_MIN && both * 100 >= pairs * TEXT_CONTAINMENT;
}

/* Values of different lengths move running text about: a second chance by its words alone. */
static uint32_t core_of_text(const struct grouping *grouping, struct set document)
{
    for (uint32_t c = 0; c < grouping->core_count && document.count >= TEXT_PAIRS_MIN; c++) {
        if (has_same_text(grouping->cores[c], document))
            return c;
    }
    return CLUSTER_NONE;
}

/* Each document to the core that it contains most of; ties: the larger, then the older core. */
static void assign(struct grouping *grouping)
{
    for (uint32_t m = 0; m < grouping->member_count; m++) {
        size_t best_shared = 0, best_size = 1;
        uint32_t best = CLUSTER_NONE;

        for (uint32_t c = 0; c < grouping->core_count; c++) {
            struct set core = grouping->cores[c];
            size_t both = shared(core, grouping->kept[m]);

            if (both * 100 < core.count * CONTAINMENT)
                continue;
            if (both * best_size > best_shared * core.count
                || (both * best_size == best_shared * core.count && core.count > best_size)) {
                best = c;
                best_shared = both;
                best_size = core.count;
            }
        }
        if (best == CLUSTER_NONE)
            best = core_of_text(grouping, grouping->kept[m]);
        grouping->assigned[m] = best;
    }
}

static void grouping_clear(struct grouping *grouping)
{
    free_cores(grouping);
    free(grouping->members);
    free(grouping->kept);
    free(grouping->memory);
    free(grouping->assigned);
    free(grouping->room);
}

/* One round over the documents that have no cluster; how many found one. */
static int group(struct grouping *grouping, struct tq_error *err)
{
    int r;

    grouping->kept = alloc_zeroed(grouping->member_count + 1, sizeof(*grouping->kept));
    grouping->assigned = alloc_zeroed(grouping->member_count + 1, sizeof(*grouping->assigned));
    if (!grouping->kept || !grouping->assigned)
        return tq_no_memory(err);
    r = keep_features(grouping, err);
    if (r < 0)
        return r;
    r = find_leaders(grouping, err);
    if (r < 0)
        return r;
    for (unsigned pass = 0; pass < PASSES; pass++) {
        free_cores(grouping);
        r = make_cores(grouping, err);
        if (r < 0)
            return r;
        assign(grouping);
    }
    return TQ_OK;
}

/* Take over the clusters that are large enough. */
static int settle(const struct grouping *grouping, uint32_t *cluster, uint32_t *cluster_count,
                  uint32_t *out_settled, struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *sizes = alloc_zeroed(grouping->core_count + 1, sizeof(*sizes));
    CLEANUP(free_cleanup)
    uint32_t *number = alloc_zeroed(grouping->core_count + 1, sizeof(*number));

    if (!sizes || !number)
        return tq_no_memory(err);
    count_members(grouping, sizes);
    for (uint32_t c = 0; c < grouping->core_count; c++)
        number[c] = sizes[c] >= CLUSTER_DOCUMENTS_MIN ? (*cluster_count)++ : CLUSTER_NONE;
    *out_settled = 0;
    for (uint32_t m = 0; m < grouping->member_count; m++) {
        uint32_t c = grouping->assigned[m];

        if (c != CLUSTER_NONE && number[c] != CLUSTER_NONE) {
            cluster[grouping->members[m]] = number[c];
            (*out_settled)++;
        }
    }
    return TQ_OK;
}

static int run_round(const struct features *documents, uint32_t count, uint32_t *cluster,
                     uint32_t *cluster_count, uint32_t *out_settled, struct tq_error *err)
{
    CLEANUP(grouping_clear) struct grouping grouping = {.documents = documents};
    int r;

    grouping.members = alloc_zeroed((size_t)count + 1, sizeof(*grouping.members));
    if (!grouping.members)
        return tq_no_memory(err);
    for (uint32_t d = 0; d < count; d++) {
        if (cluster[d] == CLUSTER_NONE)
            grouping.members[grouping.member_count++] = d;
    }
    *out_settled = 0;
    if (grouping.member_count < CLUSTER_DOCUMENTS_MIN)
        return TQ_OK;
    r = group(&grouping, err);
    if (r < 0)
        return r;
    return settle(&grouping, cluster, cluster_count, out_settled, err);
}

/* Number the clusters by falling size; ties by their first document. */
static int renumber(uint32_t *cluster, uint32_t count, uint32_t cluster_count, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct ranked *order = alloc_zeroed(cluster_count + 1, sizeof(*order));
    CLEANUP(free_cleanup) uint32_t *first = alloc_zeroed(cluster_count + 1, sizeof(*first));
    CLEANUP(free_cleanup) uint32_t *sizes = alloc_zeroed(cluster_count + 1, sizeof(*sizes));
    CLEANUP(free_cleanup) uint32_t *number = alloc_zeroed((size_t)count + 1, sizeof(*number));

    if (!order || !first || !sizes || !number)
        return tq_no_memory(err);
    for (uint32_t d = 0; d < count; d++) {
        if (cluster[d] != CLUSTER_NONE && sizes[cluster[d]]++ == 0)
            first[cluster[d]] = d;
    }
    for (uint32_t c = 0; c < cluster_count; c++) /* `member`: the first document tells clusters */
        order[c] = (struct ranked){SIZE_MAX - sizes[c], first[c]};
    qsort(order, cluster_count, sizeof(*order), by_count);
    for (uint32_t i = 0; i < cluster_count; i++)
        number[order[i].member] = i;
    for (uint32_t d = 0; d < count; d++) {
        if (cluster[d] != CLUSTER_NONE)
            cluster[d] = number[first[cluster[d]]];
    }
    return TQ_OK;
}

int cluster_documents(const struct features *documents, uint32_t count, uint32_t *out_cluster,
                      uint32_t *out_cluster_count, struct tq_error *err)
{
    uint32_t settled = 1, cluster_count = 0;
    int r;

    for (uint32_t d = 0; d < count; d++)
        out_cluster[d] = CLUSTER_NONE;
    for (unsigned round = 0; round < ROUNDS && settled > 0; round++) {
        r = run_round(documents, count, out_cluster, &cluster_count, &settled, err);
        if (r < 0)
            return r;
    }
    r = renumber(out_cluster, count, cluster_count, err);
    if (r < 0)
        return r;
    *out_cluster_count = cluster_count;
    return TQ_OK;
}
