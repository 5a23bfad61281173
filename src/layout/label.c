/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "layout/label.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "layout/tally.h"

#define LABEL_SHARE 80 /* hundredths of the members */

/* `all` are the features of all members, one after another; `room` as many. */
static int learn(uint64_t *all, uint64_t *room, size_t count, size_t members, uint64_t **out,
                 size_t *out_count, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct tally *tallies = NULL;
    size_t tally_count;
    int r;

    tally_sort(all, count, room);
    r = tally_make(all, count, &tallies, &tally_count, err);
    if (r < 0)
        return r;
    *out = alloc_zeroed(tally_count + 1, sizeof(**out));
    if (!*out)
        return tq_no_memory(err);
    *out_count = tally_common(tallies, tally_count, (members * LABEL_SHARE + 99) / 100, *out);
    return TQ_OK;
}

int labels_learn(const struct features *documents, const uint32_t *members, uint32_t member_count,
                 struct labels *out_labels, struct tq_error *err)
{
    CLEANUP(labels_clear) struct labels labels = {0};
    CLEANUP(free_cleanup) uint64_t *all = NULL;
    CLEANUP(free_cleanup) uint64_t *room = NULL;
    size_t places = 0, pairs = 0;
    int r;

    for (uint32_t m = 0; m < member_count; m++) {
        places += documents[members[m]].place_count;
        pairs += documents[members[m]].pair_count;
    }
    all = alloc_zeroed((places > pairs ? places : pairs) + 1, sizeof(*all));
    room = alloc_zeroed((places > pairs ? places : pairs) + 1, sizeof(*room));
    if (!all || !room)
        return tq_no_memory(err);

    places = 0;
    for (uint32_t m = 0; m < member_count; m++) {
        const struct features *f = &documents[members[m]];

        memcpy(all + places, f->places, f->place_count * sizeof(*all));
        places += f->place_count;
    }
    r = learn(all, room, places, member_count, &labels.places, &labels.place_count, err);
    if (r < 0)
        return r;

    pairs = 0;
    for (uint32_t m = 0; m < member_count; m++) {
        const struct features *f = &documents[members[m]];

        memcpy(all + pairs, features_pairs(f), f->pair_count * sizeof(*all));
        pairs += f->pair_count;
    }
    r = learn(all, room, pairs, member_count, &labels.pairs, &labels.pair_count, err);
    if (r < 0)
        return r;
    *out_labels = labels;
    labels = (struct labels){0};
    return TQ_OK;
}

void labels_clear(struct labels *labels)
{
    free(labels->places);
    free(labels->pairs);
    *labels = (struct labels){0};
}

static bool has(const uint64_t *sorted, size_t count, uint64_t feature)
{
    feature >>= 1;
    return feature != FEATURE_NONE && count > 0
           && bsearch(&feature, sorted, count, sizeof(feature), feature_compare) != NULL;
}

void labels_mark(const struct labels *labels, struct document *document)
{
    struct word *before = NULL;

    for (size_t i = 0; i < document->word_count; i++) {
        struct word *word = &document->words[i];

        word->is_phrase = false;
        word->is_label = has(labels->places, labels->place_count, word->place);
        if (word->is_mark)
            continue;
        if (has(labels->pairs, labels->pair_count, word->pair) && before) {
            word->is_label = word->is_phrase = true;
            before->is_label = before->is_phrase = true;
        }
        before = word;
    }
}
