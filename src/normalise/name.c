/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/name.h"

#include "base/cleanup.h"
#include "normalise/name_word.h"
#include "normalise/similarity.h"
#include "normalise/text.h"

#define WORD_SIMILAR      .92 /* Jaro-Winkler that makes one name of two; domain.md 4.4 */
#define WORD_SIMILAR_KEYS .80 /* ... of two with the same key whose vowels differ in kind */

/* The words of a name, particles joined to what follows. Slices point into `memory`. */
struct words {
    size_t count;
    struct slice word[NAME_WORDS_MAX];
    char memory[NAME_BYTES_MAX];
};

void name_key(struct slice folded_word, struct buf *out)
{
    char key[NAME_WORD_BYTES_MAX];

    buf_add(out, key, name_word_key(folded_word, key));
}

/* Cut folded text into words. False if it is too long for a name. */
static bool cut_words(struct slice folded, struct words *out)
{
    struct slice word;
    size_t length = 0, start = 0;

    out->count = 0;
    if (folded.length > NAME_BYTES_MAX)
        return false;
    while (text_next_word(&folded, &word)) {
        enum particle particle = folded.length > 0 ? name_particle(word) : PARTICLE_NONE;

        if (particle == PARTICLE_ARTICLE)
            continue;
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

/* Fold at the end of `out` for a moment, so that no memory is needed besides. */
static bool fold_words(struct slice text, struct buf *out, struct words *words)
{
    size_t start = out->length;
    bool is_name;

    text_fold(text, out);
    if (out->failed || out->length == start)
        return false;
    is_name = cut_words(slice_make(out->data + start, out->length - start), words);
    out->length = start;
    out->data[start] = '\0';
    return is_name;
}

void name_key_joined(struct slice text, struct buf *out)
{
    struct words words;

    if (!fold_words(text, out, &words))
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

void name_key_tokens(struct slice text, struct buf *out)
{
    char memory[NAME_WORDS_MAX][NAME_WORD_BYTES_MAX];
    struct slice keys[NAME_WORDS_MAX];
    struct words words;
    size_t count = 0;

    if (!fold_words(text, out, &words))
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

static bool is_latin(struct slice word)
{
    return word.length > 0 && (unsigned char)word.data[0] < 0x80;
}

struct word_key {
    size_t length;
    char text[NAME_WORD_BYTES_MAX];
};

static struct word_key key_of(struct slice word)
{
    struct word_key key;

    key.length = name_word_key(word, key.text);
    return key;
}

static bool are_equal(const struct word_key *a, const struct word_key *b)
{
    return a->length > 0
           && slice_equal(slice_make(a->text, a->length), slice_make(b->text, b->length));
}

/* Gasmi, Kesmi: the qaf is heard as either. Ouslati, Weslati: so is the waw before a consonant. */
static void unite_sounds(struct slice word, struct word_key *key)
{
    for (size_t i = 0; i < key->length; i++)
        key->text[i] = key->text[i] == 'g' ? 'k' : key->text[i];
    if (key->length > 0 && slice_starts(word, SLICE_LITERAL("ou")))
        key->text[0] = 'w';
}

static bool same_key(struct slice a, struct slice b)
{
    struct word_key key_a = key_of(a), key_b = key_of(b);

    if (are_equal(&key_a, &key_b))
        return true;
    unite_sounds(a, &key_a);
    unite_sounds(b, &key_b);
    return are_equal(&key_a, &key_b);
}

/* Of two Latin words with one key. */
static bool sounds_alike(struct slice a, struct slice b)
{
    struct name_vowels vowels_a = name_word_vowels(a), vowels_b = name_word_vowels(b);

    if (!vowels_a.is_known || !vowels_b.is_known)
        return true;
    return vowels_a.last == vowels_b.last
           && (vowels_a.is_rounded == vowels_b.is_rounded
               || similarity_jaro_winkler(a, b) >= WORD_SIMILAR_KEYS);
}

static bool is_same_word(struct slice a, struct slice b)
{
    if (slice_equal(a, b))
        return true;
    if (is_latin(a) != is_latin(b))
        return same_key(a, b);
    return similarity_jaro_winkler(a, b) >= WORD_SIMILAR || (same_key(a, b) && sounds_alike(a, b));
}

static bool text_words(struct slice text, struct words *out)
{
    CLEANUP(buf_clear_cleanup) struct buf folded = {0};

    return fold_words(text, &folded, out) && out->count > 0;
}

/* Each word of `part` is a word of its own of `whole`. Equal words are taken first, so that a
 * similar one does not take their place. */
static bool all_words_in(const struct words *part, const struct words *whole)
{
    bool taken[NAME_WORDS_MAX] = {false}, found[NAME_WORDS_MAX] = {false};

    for (int exactly = 1; exactly >= 0; exactly--) {
        for (size_t i = 0; i < part->count; i++) {
            for (size_t k = 0; k < whole->count && !found[i]; k++) {
                if (taken[k])
                    continue;
                found[i] = exactly ? slice_equal(part->word[i], whole->word[k])
                                   : is_same_word(part->word[i], whole->word[k]);
                taken[k] = found[i];
            }
        }
    }
    for (size_t i = 0; i < part->count; i++) {
        if (!found[i])
            return false;
    }
    return true;
}

/* All words as one: they lie one after another. */
static struct slice joined(const struct words *words)
{
    const struct slice *last = &words->word[words->count - 1];

    return slice_make(words->word[0].data,
                      (size_t)(last->data + last->length - words->word[0].data));
}

bool name_is_variant(struct slice a, struct slice b)
{
    struct words words_a, words_b;

    if (!text_words(a, &words_a) || !text_words(b, &words_b))
        return false;
    if (words_a.count == words_b.count && all_words_in(&words_a, &words_b))
        return true;
    return is_same_word(joined(&words_a), joined(&words_b));
}

bool name_is_part(struct slice part, struct slice whole)
{
    struct words words_part, words_whole;

    return text_words(part, &words_part) && text_words(whole, &words_whole)
           && words_part.count < words_whole.count && all_words_in(&words_part, &words_whole);
}
