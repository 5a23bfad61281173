/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/name_likeness.h"

#include <stdint.h>

#include "base/cleanup.h"
#include "normalise/name_pair.h"
#include "normalise/name_words.h"

/* How a word is like another, from the best on: equal words are taken first, so that similar ones
 * do not take their place. */
enum word_likeness {
    WORD_EQUAL,
    WORD_SAME,
    WORD_SLIPPED,
    WORD_CONTRACTED,
    WORD_INITIAL,
    WORD_CUT,
    WORD_LIKENESSES
};

/* Which words of a name have found one of the other's. */
struct pairing {
    const struct name_words *name, *whole;
    bool found[NAME_WORDS_MAX], taken[NAME_WORDS_MAX];
    unsigned counts[WORD_LIKENESSES];
    size_t count;
    size_t joined; /* number of a word of the name that two were joined to, or none */
};

#define NO_WORD SIZE_MAX

static bool is_like(enum word_likeness likeness, struct slice a, struct slice b, bool is_last)
{
    switch (likeness) {
    case WORD_EQUAL:
        return slice_equal(a, b);
    case WORD_SAME:
        return name_pair_is_same(a, b);
    case WORD_SLIPPED:
        return name_pair_is_slip(a, b);
    case WORD_CONTRACTED:
        return name_pair_is_contraction(a, b);
    case WORD_INITIAL:
        return name_pair_is_initial(a, b);
    default:
        return is_last && name_pair_is_beginning(a, b);
    }
}

/*
 * The word at `i` and one of the other's. Two words that were joined are not like one that the
 * first of them begins with; a single word is rather a part of several than one with a slip.
 */
static bool may_pair(const struct pairing *pairing, enum word_likeness likeness, size_t i, size_t k)
{
    struct slice a = pairing->name->word[i], b = pairing->whole->word[k];
    bool is_last = i + 1 == pairing->name->count;

    if (likeness == WORD_SLIPPED && pairing->name->count == 1 && pairing->whole->count > 1)
        return false;
    if (i == pairing->joined && likeness != WORD_EQUAL && likeness != WORD_SLIPPED)
        return likeness == WORD_SAME && name_pair_sounds_alike(a, b);
    return is_like(likeness, a, b, is_last);
}

static void pair_words(struct pairing *pairing, enum word_likeness likeness)
{
    for (size_t i = 0; i < pairing->name->count; i++) {
        for (size_t k = 0; k < pairing->whole->count && !pairing->found[i]; k++) {
            if (pairing->taken[k] || !may_pair(pairing, likeness, i, k))
                continue;
            pairing->found[i] = pairing->taken[k] = true;
            pairing->counts[likeness]++;
            pairing->count++;
        }
    }
}

/* What pairs of words make of the names. A slip is believed if nothing else is wrong. */
static enum name_likeness pairing_likeness(const struct pairing *pairing)
{
    const unsigned *counts = pairing->counts;
    bool lacks = pairing->name->count < pairing->whole->count;
    unsigned sound = counts[WORD_EQUAL] + counts[WORD_SAME];

    if (pairing->count < pairing->name->count || counts[WORD_SLIPPED] > 1)
        return NAME_DIFFERS;
    if (counts[WORD_SLIPPED] > 0 && (lacks || counts[WORD_INITIAL] + counts[WORD_CUT] > 0)
        && sound == 0)
        return NAME_DIFFERS;
    if (counts[WORD_CUT] > 0)
        return NAME_CUT;
    if (counts[WORD_INITIAL] > 0)
        return NAME_HAS_INITIALS;
    if (lacks)
        return NAME_LACKS_WORDS;
    return counts[WORD_SLIPPED] > 0 ? NAME_SLIPPED : NAME_RESPELT;
}

static enum name_likeness compare_words(const struct name_words *name,
                                        const struct name_words *whole, size_t joined)
{
    struct pairing pairing = {.name = name, .whole = whole, .joined = joined};

    if (name->count > whole->count)
        return NAME_DIFFERS;
    for (enum word_likeness likeness = WORD_EQUAL; likeness < WORD_LIKENESSES; likeness++)
        pair_words(&pairing, likeness);
    return pairing_likeness(&pairing);
}

/* Words that differ in number may be parted otherwise; as one, long names of different people
 * would be similar by a common front. */
static enum name_likeness compare_joined(struct slice a, struct slice b)
{
    if (slice_equal(a, b) || name_pair_sounds_alike(a, b))
        return NAME_RESPELT;
    return name_pair_is_slip(a, b) ? NAME_SLIPPED : NAME_DIFFERS;
}

/* The words `at` and the one behind it as one. */
static void join_two(const struct name_words *words, size_t at, struct name_words *out)
{
    const struct slice *first = &words->word[at];

    out->count = words->count - 1;
    for (size_t i = 0; i < out->count; i++)
        out->word[i] = words->word[i < at ? i : i + 1];
    out->word[at] = slice_make(first->data, first->length + first[1].length);
}

/* A slip in a particle leaves it a word of its own: "Bne Zaydoui". */
static enum name_likeness compare_parted(const struct name_words *name,
                                         const struct name_words *whole)
{
    enum name_likeness best = NAME_DIFFERS;
    struct name_words fewer;

    for (size_t at = 0; at + 1 < name->count && name->count <= whole->count + 1; at++) {
        enum name_likeness likeness;

        join_two(name, at, &fewer);
        likeness = compare_words(&fewer, whole, at);
        best = likeness > best ? likeness : best;
    }
    return best;
}

enum name_likeness name_likeness(struct slice name, struct slice whole)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    struct name_words a, b;
    enum name_likeness likeness, other;

    if (!name_words_fold(name, false, &scratch, &a) || !name_words_fold(whole, false, &scratch, &b)
        || a.count == 0 || b.count == 0)
        return NAME_DIFFERS;
    likeness = compare_words(&a, &b, NO_WORD);
    other = compare_joined(name_words_joined(&a), name_words_joined(&b));
    likeness = other > likeness ? other : likeness;
    return likeness == NAME_DIFFERS ? compare_parted(&a, &b) : likeness;
}
