/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/name.h"

#include "normalise/name_words.h"

void name_key(struct slice folded_word, struct buf *out)
{
    char key[NAME_WORD_BYTES_MAX];

    buf_add(out, key, name_word_key(folded_word, key));
}

void name_key_joined(struct slice text, struct buf *out)
{
    struct name_words words;

    if (!name_words_fold(text, false, out, &words))
        return;
    for (size_t i = 0; i < words.count; i++)
        name_key(words.word[i], out);
}

static void sort(struct slice *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct slice item = items[i];
        size_t at = i;

        for (; at > 0 && slice_compare(items[at - 1], item) > 0; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

void name_key_tokens(struct slice text, bool names_fathers, struct buf *out)
{
    char memory[NAME_WORDS_MAX][NAME_WORD_BYTES_MAX];
    struct slice keys[NAME_WORDS_MAX];
    struct name_words words;
    size_t count = 0;

    if (!name_words_fold(text, names_fathers, out, &words))
        return;
    for (size_t i = 0; i < words.count; i++) {
        keys[count] = slice_make(memory[count], name_word_key(words.word[i], memory[count]));
        if (keys[count].length > 0)
            count++;
    }
    sort(keys, count);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_byte(out, ' ');
        buf_add_slice(out, keys[i]);
    }
}
