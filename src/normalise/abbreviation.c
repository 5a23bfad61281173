/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/abbreviation.h"

#include <string.h>

#include "normalise/text.h"

#define WHOLE_WORD_BYTES 3u

static bool has_digit(struct slice word)
{
    for (size_t i = 0; i < word.length; i++) {
        if (word.data[i] >= '0' && word.data[i] <= '9')
            return true;
    }
    return false;
}

/* All letters of `shorter` stand in `longer`, in their order. */
static bool is_within(struct slice shorter, struct slice longer)
{
    size_t at = 0;

    for (size_t i = 0; i < longer.length && at < shorter.length; i++)
        at += shorter.data[at] == longer.data[i];
    return at == shorter.length;
}

static bool abbreviates(struct slice shorter, struct slice longer)
{
    if (shorter.length == 0 || shorter.length >= longer.length || has_digit(shorter)
        || has_digit(longer) || shorter.data[0] != longer.data[0])
        return false;
    return slice_starts(longer, shorter)
           || (shorter.data[shorter.length - 1] == longer.data[longer.length - 1]
               && is_within(shorter, longer));
}

bool text_is_abbreviated(struct slice a, struct slice b)
{
    struct slice word_a, word_b;
    bool is_anchored = false;

    while (a.length > 0 && b.length > 0) {
        if (!text_next_word(&a, &word_a) || !text_next_word(&b, &word_b))
            return false;
        if (slice_equal(word_a, word_b))
            is_anchored |= word_a.length >= WHOLE_WORD_BYTES && !has_digit(word_a);
        else if (!abbreviates(word_a, word_b) && !abbreviates(word_b, word_a))
            return false;
    }
    return is_anchored && a.length == 0 && b.length == 0;
}
