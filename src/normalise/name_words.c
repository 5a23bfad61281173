/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/name_words.h"

#include "normalise/text.h"

/* "Son of", "daughter of". */
static bool is_filiation(struct slice word)
{
    static const char *const words[] = {"ben", "bent", "bin", "bint", "ibn",
                                        "ابن", "ابنه", "بن",  "بنت"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_is(word, words[i]))
            return true;
    }
    return false;
}

/* Cut folded text into words. False if it is too long for a name. */
static bool cut_words(struct slice folded, bool names_fathers, struct name_words *out)
{
    struct slice word;
    size_t length = 0, start = 0;

    out->count = 0;
    if (folded.length > NAME_BYTES_MAX)
        return false;
    while (text_next_word(&folded, &word)) {
        enum particle particle = folded.length > 0 ? name_particle(word) : PARTICLE_NONE;

        if (particle == PARTICLE_ARTICLE
            || (names_fathers && folded.length > 0 && is_filiation(word)))
            continue;
        if (length > start)
            word = name_after_particle(slice_make(out->memory + start, length - start), word);
        if (particle == PARTICLE_JOINED)
            word = name_particle_text(word);
        memcpy(out->memory + length, word.data, word.length);
        length += word.length;
        if (particle == PARTICLE_JOINED)
            continue;
        if (out->count == NAME_WORDS_MAX)
            return false;
        out->word[out->count++] = slice_make(out->memory + start, length - start);
        start = length;
    }
    return true;
}

bool name_words_fold(struct slice text, bool names_fathers, struct buf *out,
                     struct name_words *words)
{
    size_t start = out->length;
    bool is_name;

    text_fold(text, out);
    if (out->failed || out->length == start)
        return false;
    is_name = cut_words(slice_make(out->data + start, out->length - start), names_fathers, words);
    out->length = start;
    out->data[start] = '\0';
    return is_name;
}

struct slice name_words_joined(const struct name_words *words)
{
    const struct slice *last = &words->word[words->count - 1];

    return slice_make(words->word[0].data,
                      (size_t)(last->data + last->length - words->word[0].data));
}
