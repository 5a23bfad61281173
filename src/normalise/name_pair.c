/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/name_pair.h"

#include <string.h>

#include "base/utf8.h"
#include "normalise/name_word.h"
#include "normalise/similarity.h"

#define WORD_SIMILAR      .92 /* Jaro-Winkler that makes one name of two; domain.md 4.4 */
#define WORD_SIMILAR_KEYS .80 /* ... of two with the same key whose vowels differ in kind */

#define SLIP_BYTES_MIN       4u /* in shorter words an edit makes another name: Rim, Rima */
#define SLIP_LETTERS_MIN     5u /* ... across scripts, where vowels do not help */
#define KEY_SOUNDS_MIN       2u
#define SLIP_SOUNDS_MAX      2u
#define CONTRACTION_LETTERS  4u
#define CONTRACTION_LEFT_OUT 2u /* letters, at least */
#define BEGINNING_BYTES_MIN  2u

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

bool name_pair_sounds_alike(struct slice a, struct slice b)
{
    return same_key(a, b) && sounds_alike(a, b);
}

/* Gayego, Gallego: most of Spanish says ll as y. */
static bool differ_in_ll(struct slice a, struct slice b)
{
    size_t i = 0, k = 0, seen = 0;

    while (i < a.length && k < b.length) {
        bool y_for_ll = a.data[i] == 'y' && slice_starts(slice_skip(b, k), SLICE_LITERAL("ll"));
        bool ll_for_y = b.data[k] == 'y' && slice_starts(slice_skip(a, i), SLICE_LITERAL("ll"));

        if (a.data[i] != b.data[k] && !y_for_ll && !ll_for_y)
            return false;
        seen += y_for_ll || ll_for_y;
        i += ll_for_y ? 2 : 1;
        k += y_for_ll ? 2 : 1;
    }
    return seen > 0 && i == a.length && k == b.length;
}

bool name_pair_is_same(struct slice a, struct slice b)
{
    if (slice_equal(a, b) || differ_in_ll(a, b))
        return true;
    if (is_latin(a) != is_latin(b))
        return same_key(a, b);
    return similarity_jaro_winkler(a, b) >= WORD_SIMILAR || name_pair_sounds_alike(a, b);
}

/* A Latin word of which one letter is changed to see what it would sound like. */
struct trial {
    struct slice word;
    const struct word_key *wanted;
    char text[NAME_WORD_BYTES_MAX];
};

static bool hits(struct trial *trial, size_t length)
{
    struct word_key key = key_of(slice_make(trial->text, length));

    return are_equal(&key, trial->wanted);
}

/* Without the letter at `at`, and with it exchanged for the next. */
static bool hits_without(struct trial *trial, size_t at)
{
    size_t length = trial->word.length;

    memcpy(trial->text, trial->word.data, length);
    memmove(trial->text + at, trial->text + at + 1, length - at - 1);
    if (hits(trial, length - 1))
        return true;
    memcpy(trial->text, trial->word.data, length);
    if (at + 1 == length)
        return false;
    trial->text[at] = trial->word.data[at + 1];
    trial->text[at + 1] = trial->word.data[at];
    return hits(trial, length);
}

/* With `letter` in the place of the one at `at`. */
static bool hits_with(struct trial *trial, size_t at, char letter)
{
    memcpy(trial->text, trial->word.data, trial->word.length);
    trial->text[at] = letter;
    return hits(trial, trial->word.length);
}

/* With `letter` before the one at `at`. */
static bool hits_before(struct trial *trial, size_t at, char letter)
{
    size_t length = trial->word.length;

    memcpy(trial->text, trial->word.data, at);
    trial->text[at] = letter;
    memcpy(trial->text + at + 1, trial->word.data + at, length - at);
    return hits(trial, length + 1);
}

/* The sounds of a key, but for a vowel at the front that the other has not. */
static struct slice sounds_beside(const struct word_key *key, const struct word_key *other)
{
    bool skips = key->length > 0 && key->text[0] == 'A' && other->text[0] != 'A';

    return slice_skip(slice_make(key->text, key->length), skips);
}

/* One letter changes two sounds at most, in one place (one more at the front, where articles are
 * known): what is left and right of them is the same in both. Most pairs of names end here. */
static bool differ_in_one_place(const struct word_key *key_a, const struct word_key *key_b)
{
    struct slice a = sounds_beside(key_a, key_b), b = sounds_beside(key_b, key_a);
    size_t shorter = a.length < b.length ? a.length : b.length;
    size_t longer = a.length < b.length ? b.length : a.length;
    size_t front = 0, back = 0;

    while (front < shorter && a.data[front] == b.data[front])
        front++;
    while (back < shorter - front && a.data[a.length - 1 - back] == b.data[b.length - 1 - back])
        back++;
    return longer - front - back <= SLIP_SOUNDS_MAX + (front == 0);
}

/* A letter lost at the end is a cut; one of four letters may have lost one of five. */
static bool is_slip_across(struct slice latin, struct slice other)
{
    struct word_key wanted = key_of(other), key;
    struct trial trial = {.word = latin, .wanted = &wanted};
    bool is_whole = latin.length >= SLIP_LETTERS_MIN;

    if (latin.length + 1 < SLIP_LETTERS_MIN || latin.length + 1 > NAME_WORD_BYTES_MAX
        || wanted.length < KEY_SOUNDS_MIN)
        return false;
    key = key_of(latin);
    if (!differ_in_one_place(&key, &wanted))
        return false;
    for (size_t at = 1; at < latin.length; at++) {
        if (is_whole && hits_without(&trial, at))
            return true;
        for (char letter = 'a'; letter <= 'z'; letter++) {
            if ((is_whole && hits_with(&trial, at, letter)) || hits_before(&trial, at, letter))
                return true;
        }
    }
    return false;
}

bool name_pair_is_slip(struct slice a, struct slice b)
{
    if (is_latin(a) && !is_latin(b))
        return is_slip_across(a, b);
    if (is_latin(b) && !is_latin(a))
        return is_slip_across(b, a);
    return a.length >= SLIP_BYTES_MIN && b.length >= SLIP_BYTES_MIN && similarity_one_edit(a, b);
}

/* Sounds that a Latin initial may stand for, where its own key is not the only one. */
static const char *sounds_of_initial(char initial)
{
    switch (initial) {
    case 'c':
        return "Cks";
    case 's':
        return "sC";
    case 'k':
    case 'q':
        return "kx";
    case 'g':
    case 'j':
        return "gj";
    case 'o':
    case 'w':
        return "Aw";
    case 'p':
        return "pbf";
    case 'i':
    case 'y':
        return "Asb"; /* Ismail and Ibrahim are heard from their second letter on */
    default:
        return NULL;
    }
}

static bool is_initial(struct slice part, struct slice whole)
{
    struct word_key initial = key_of(part), key = key_of(whole);
    const char *sounds = is_latin(part) ? sounds_of_initial(part.data[0]) : NULL;

    if (is_latin(part) == is_latin(whole))
        return slice_starts(whole, part);
    if (key.length == 0 || !is_latin(part))
        return false;
    return sounds ? strchr(sounds, key.text[0]) != NULL
                  : initial.length > 0 && initial.text[0] == key.text[0];
}

static bool is_vowel(char c)
{
    return memchr("aeiouy", c, 6) != NULL;
}

/* Its letters stand in this order in `whole`, consonants but for the last. */
bool name_pair_is_contraction(struct slice part, struct slice whole)
{
    size_t at = 0;

    if (!is_latin(part) || part.length < 2 || part.length > CONTRACTION_LETTERS
        || whole.length < part.length + CONTRACTION_LEFT_OUT || part.data[0] != whole.data[0]
        || part.data[part.length - 1] != whole.data[whole.length - 1])
        return false;
    for (size_t i = 0; i < part.length; i++, at++) {
        if (i + 1 < part.length && is_vowel(part.data[i]))
            return false;
        while (at < whole.length && whole.data[at] != part.data[i])
            at++;
        if (at == whole.length)
            return false;
    }
    return true;
}

static size_t letter_count(struct slice word)
{
    size_t count = 0;

    for (; word.length > 0; count++)
        (void)utf8_next(&word);
    return count;
}

bool name_pair_is_initial(struct slice part, struct slice whole)
{
    return letter_count(part) == 1 && letter_count(whole) > 1 && is_initial(part, whole);
}

bool name_pair_is_beginning(struct slice part, struct slice whole)
{
    struct word_key key, whole_key;

    if (is_latin(part) == is_latin(whole))
        return part.length >= BEGINNING_BYTES_MIN && part.length < whole.length
               && slice_starts(whole, part);
    key = key_of(part);
    whole_key = key_of(whole);
    return key.length >= KEY_SOUNDS_MIN && key.length < whole_key.length
           && memcmp(key.text, whole_key.text, key.length) == 0;
}
