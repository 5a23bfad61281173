/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The key of a word: its consonants as they sound, in one alphabet for Latin and Arabic script.
 * 'A' is any vowel at the front, 'C' is sh, 'x' is kh, 'w' is w at the front; h, and vowels after
 * the first letter, are left out. Source of the Latin rules: domain.md 4.4.
 */
#include "normalise/name_word.h"

#include <stdint.h>

#include "base/utf8.h"

/* A word in work; long enough for every rewriting. */
struct letters {
    char text[NAME_WORD_BYTES_MAX + 1];
    size_t length;
};

/* Spellings that no rule reaches, and forms that only look alike: folded words and their keys, in
 * bytewise order. */
static const struct {
    char word[16], key[8];
} lexicon[] = {
    {"abdelatif", "Abdltf"}, {"abdlah", "Abdl"},   {"elyass", "Als"},    {"embarek", "mbrk"},
    {"gamal", "jml"},        {"hadija", "xdj"},    {"halid", "xld"},     {"ibn", "bn"},
    {"kalid", "xld"},        {"lahlo", "hl"},      {"lamrani", "Amrn"},  {"larbi", "Arb"},
    {"lidrisi", "drs"},      {"lidrissi", "drs"},  {"lmrani", "Amrn"},   {"mahamad", "mHmd"},
    {"mahamed", "mHmd"},     {"med", "mHmd"},      {"mehmed", "mHmd"},   {"mehmet", "mHmd"},
    {"mhamad", "mHmd"},      {"mhamed", "mHmd"},   {"mly", "ml"},        {"mohamad", "mHmd"},
    {"mohamd", "mHmd"},      {"mohamed", "mHmd"},  {"mohamet", "mHmd"},  {"mohd", "mHmd"},
    {"mohmed", "mHmd"},      {"mouhamad", "mHmd"}, {"mouhamed", "mHmd"}, {"mrani", "Amrn"},
    {"mubarak", "mbrk"},     {"muhamad", "mHmd"},  {"muhamed", "mHmd"},  {"my", "ml"},
    {"osman", "Atmn"},       {"ousmane", "Atmn"},  {"sdi", "sd"},        {"smail", "sml"},
    {"ابن", "bn"},           {"اسماعيل", "sml"},   {"المراني", "Amrn"},  {"الهام", "Alm"},
    {"الياس", "Als"},        {"امحمد", "mHmd"},    {"لمراني", "Amrn"},   {"مبارك", "mbrk"},
    {"محمد", "mHmd"},
};

#define LEXICON_COUNT (sizeof(lexicon) / sizeof(*lexicon))

/* In bytewise order. */
static const struct {
    char word[16];
    enum particle kind;
} particles[] = {
    {"abd", PARTICLE_JOINED},   {"abdal", PARTICLE_JOINED}, {"abdel", PARTICLE_JOINED},
    {"abder", PARTICLE_JOINED}, {"abdes", PARTICLE_JOINED}, {"abdul", PARTICLE_JOINED},
    {"abou", PARTICLE_JOINED},  {"abu", PARTICLE_JOINED},   {"ad", PARTICLE_ARTICLE},
    {"ait", PARTICLE_JOINED},   {"al", PARTICLE_ARTICLE},   {"ar", PARTICLE_ARTICLE},
    {"as", PARTICLE_ARTICLE},   {"ash", PARTICLE_ARTICLE},  {"az", PARTICLE_ARTICLE},
    {"bel", PARTICLE_JOINED},   {"ben", PARTICLE_JOINED},   {"bin", PARTICLE_JOINED},
    {"bou", PARTICLE_JOINED},   {"da", PARTICLE_JOINED},    {"de", PARTICLE_JOINED},
    {"del", PARTICLE_JOINED},   {"den", PARTICLE_JOINED},   {"der", PARTICLE_JOINED},
    {"des", PARTICLE_JOINED},   {"di", PARTICLE_JOINED},    {"dos", PARTICLE_JOINED},
    {"du", PARTICLE_JOINED},    {"ech", PARTICLE_ARTICLE},  {"ed", PARTICLE_ARTICLE},
    {"el", PARTICLE_ARTICLE},   {"en", PARTICLE_ARTICLE},   {"er", PARTICLE_ARTICLE},
    {"es", PARTICLE_ARTICLE},   {"et", PARTICLE_ARTICLE},   {"ez", PARTICLE_ARTICLE},
    {"ibn", PARTICLE_JOINED},   {"id", PARTICLE_JOINED},    {"la", PARTICLE_JOINED},
    {"le", PARTICLE_JOINED},    {"ou", PARTICLE_JOINED},    {"oulad", PARTICLE_JOINED},
    {"ould", PARTICLE_JOINED},  {"van", PARTICLE_JOINED},   {"von", PARTICLE_JOINED},
    {"ابن", PARTICLE_JOINED},   {"ابو", PARTICLE_JOINED},   {"ال", PARTICLE_ARTICLE},
    {"او", PARTICLE_JOINED},    {"اولاد", PARTICLE_JOINED}, {"ايت", PARTICLE_JOINED},
    {"بل", PARTICLE_JOINED},    {"بن", PARTICLE_JOINED},    {"بو", PARTICLE_JOINED},
    {"عبد", PARTICLE_JOINED},   {"ولد", PARTICLE_JOINED},
};

#define PARTICLE_COUNT (sizeof(particles) / sizeof(*particles))

/* The first 16 bytes of a word, filled up with zeros, as two numbers in bytewise order. */
struct short_word {
    uint64_t front, back;
};

static struct short_word load(const char bytes[16])
{
    struct short_word word;

    memcpy(&word.front, bytes, 8);
    memcpy(&word.back, bytes + 8, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    word.front = __builtin_bswap64(word.front);
    word.back = __builtin_bswap64(word.back);
#endif
    return word;
}

static int compare(struct short_word a, struct short_word b)
{
    if (a.front != b.front)
        return a.front < b.front ? -1 : 1;
    return (a.back > b.back) - (a.back < b.back);
}

#define NOT_FOUND SIZE_MAX

/* Binary search among `count` rows of `size` bytes that begin with a word. */
static size_t find(struct slice word, const void *table, size_t count, size_t size)
{
    char bytes[16] = {0};
    struct short_word wanted;
    size_t low = 0, high = count;

    if (word.length < 2 || word.length > sizeof(bytes))
        return NOT_FOUND;
    memcpy(bytes, word.data, word.length);
    wanted = load(bytes);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(wanted, load((const char *)table + middle * size));

        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NOT_FOUND;
}

enum particle name_particle(struct slice word)
{
    size_t i = find(word, particles, PARTICLE_COUNT, sizeof(*particles));

    return i == NOT_FOUND ? PARTICLE_NONE : particles[i].kind;
}

static size_t look_up(struct slice word, char *out)
{
    size_t i = find(word, lexicon, LEXICON_COUNT, sizeof(*lexicon));

    if (i == NOT_FOUND)
        return 0;
    memcpy(out, lexicon[i].key, sizeof(lexicon[i].key));
    return strlen(lexicon[i].key);
}

bool name_word_tables_are_sorted(void)
{
    for (size_t i = 1; i < LEXICON_COUNT; i++) {
        if (compare(load(lexicon[i - 1].word), load(lexicon[i].word)) >= 0)
            return false;
    }
    for (size_t i = 1; i < PARTICLE_COUNT; i++) {
        if (compare(load(particles[i - 1].word), load(particles[i].word)) >= 0)
            return false;
    }
    return true;
}

static bool is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

static bool is_consonant(char c)
{
    return c >= 'a' && c <= 'z' && !is_vowel(c);
}

static void drop_front(struct letters *word, size_t count)
{
    word->length -= count;
    memmove(word->text, word->text + count, word->length + 1);
}

/* The article glued to a word, plain (elfassi, alfassi) or assimilated (ezzahraoui, errachidi). */
static size_t article_length(struct slice word)
{
    const char *t = word.data;

    if (word.length < 6 || (t[0] != 'e' && t[0] != 'a'))
        return 0;
    if (slice_starts(slice_skip(word, 1), SLICE_LITERAL("zed"))
        || slice_starts(slice_skip(word, 1), SLICE_LITERAL("zzed")))
        return 0; /* Azzeddine */
    if (t[1] == 'l' && (is_consonant(t[2]) || t[0] == 'e'))
        return 2;
    if (t[1] == t[2] && memchr("zsdrtn", t[1], 6))
        return 2;
    if (slice_starts(slice_skip(word, 1), SLICE_LITERAL("chch")))
        return 3;
    return t[0] == 'e' && t[1] == 'c' && t[2] == 'h' && is_vowel(t[3]); /* Echebbi: Ech-Chebbi */
}

static void drop_article(struct letters *word)
{
    drop_front(word, article_length(slice_make(word->text, word->length)));
}

/* Lahcen, Lhoussaine: the article of an h; Laarbi. */
static void drop_short_article(struct letters *word)
{
    const char *t = word->text;

    if (t[0] != 'l' || word->length < 5)
        return;
    if (t[1] == 'h')
        drop_front(word, 1);
    else if (t[1] == 'a' && (t[2] == 'h' || t[2] == 'a'))
        drop_front(word, t[2] == 'h' ? 2 : 1);
}

/* Abd-el-Kader, Abdelkader, Abdlkader, Abdulkader; Abderrahim, Abdrrahim, Abdelrahim. */
static void drop_article_of_abd(struct letters *word)
{
    const char *t = word->text;
    size_t i = 3;

    if (word->length < 6 || strncmp(t, "abd", 3) != 0)
        return;
    while (is_vowel(t[i]) && i < 5)
        i++;
    if (t[i] == '\0' || t[i + 1] == '\0')
        return;
    if (strcmp(t + i, "lah") == 0)
        return; /* Abdelah */
    if (t[i] == 'l' || (t[i] == t[i + 1] && strchr("zsdrtn", t[i])))
        i++;
    memmove(word->text + 3, word->text + i, word->length - i + 1);
    word->length -= i - 3;
}

/* Ibrahim, Idriss, Ismail, Iskander: the helping vowel. */
static void drop_helping_vowel(struct letters *word)
{
    const char *t = word->text;

    if (word->length >= 4 && (t[0] == 'i' || t[0] == 'e') && strchr("bdmsk", t[1])
        && strchr("rmsltk", t[2]))
        drop_front(word, 1);
}

/* What an h makes of the letter before it; '\0' if nothing. */
static char sound_with_h(char c)
{
    switch (c) {
    case 's':
    case 'c':
        return 'C';
    case 'p':
        return 'f';
    case 'k':
        return 'x';
    case 'g':
    case 't':
    case 'd':
        return c;
    default:
        return '\0';
    }
}

/* A sound written with several letters at the front of `text`: how many, 0 if there is none. */
static size_t sound_at(const char *text, char *out)
{
    char c = text[0], next = text[1];

    if (next == 'h') {
        *out = sound_with_h(c);
        return *out ? 2 : 0;
    }
    if ((c == 's' || c == 't') && next == 'c' && text[2] == 'h') {
        *out = 'C';
        return 3;
    }
    if ((c == 'o' && (next == 'u' || next == 'o')) || (c == 'e' && next == 'e')) {
        *out = c == 'o' ? 'u' : 'i';
        return 2;
    }
    if ((c == 'd' && next == 'j') || (c == 'c' && next == 'k')) {
        *out = next;
        return 2;
    }
    return 0;
}

static char letter_sound(char c, char next)
{
    bool is_soft = next == 'e' || next == 'i' || next == 'y';

    switch (c) {
    case 'w':
        return 'u';
    case 'q':
        return 'k';
    case 'v':
        return 'b';
    case 'y':
        return 'i';
    case 'c':
        return is_soft ? 's' : 'k';
    case 'g':
        return is_soft ? 'j' : 'g';
    default:
        return c;
    }
}

/* Rewrite a word by its sounds, doubles squeezed. */
static void to_sounds(struct letters *word)
{
    size_t from = 0, to = 0;

    while (from < word->length) {
        char sound = '\0';
        size_t used = sound_at(word->text + from, &sound);

        if (used == 0) {
            sound = letter_sound(word->text[from], word->text[from + 1]);
            used = 1;
        }
        from += used;
        if (to == 0 || word->text[to - 1] != sound)
            word->text[to++] = sound;
    }
    word->length = to;
    word->text[to] = '\0';
}

/* Ould: the waw before a consonant, which Ouslati is heard with or without, is always written. */
static void keep_waw_of_ould(struct slice folded, struct letters *word)
{
    if (slice_starts(folded, SLICE_LITERAL("ould")) && word->length >= 3)
        word->text[0] = 'w';
}

static size_t skeleton(const struct letters *word, char *out)
{
    size_t length = 0;
    char first = word->text[0];

    if (word->length == 0)
        return 0;
    if (first == 'u' && is_vowel(word->text[1]))
        first = 'w';
    out[length++] = is_vowel(first) ? 'A' : first;
    for (size_t i = 1; i < word->length; i++) {
        if (!is_vowel(word->text[i]) && word->text[i] != 'h')
            out[length++] = word->text[i];
    }
    return length;
}

/* Doubled letters once: Mohammed, Mouhammad. */
static struct slice squeezed(const struct letters *word, char *memory)
{
    size_t length = 0;

    for (size_t i = 0; i < word->length; i++) {
        if (length == 0 || memory[length - 1] != word->text[i])
            memory[length++] = word->text[i];
    }
    return slice_make(memory, length);
}

/* Rewrite a Latin word by its sounds; if the lexicon has it, the length of its key in `out`. */
static size_t hear(struct slice folded, struct letters *word, char *out)
{
    char memory[NAME_WORD_BYTES_MAX];
    size_t length;

    *word = (struct letters){.length = folded.length};
    memcpy(word->text, folded.data, folded.length);
    if (folded.data[0] == 'm' && folded.length > 1) {
        length = look_up(squeezed(word, memory), out);
        if (length > 0)
            return length;
    }
    drop_article(word);
    drop_short_article(word);
    drop_article_of_abd(word);
    drop_helping_vowel(word);
    length = word->length > 1 ? look_up(slice_make(word->text, word->length), out) : 0;
    if (length > 0)
        return length;
    to_sounds(word);
    keep_waw_of_ould(folded, word);
    return 0;
}

static size_t latin_key(struct slice folded, char *out)
{
    struct letters word;
    size_t length = hear(folded, &word, out);

    return length > 0 ? length : skeleton(&word, out);
}

#define ARABIC_VOWEL '-' /* alef, waw, yeh, ain, hamza: read after the first letter only */

/* Sounds of U+0621 to U+064A. */
static const char arabic_sounds[] = {
    ['\x21'] = '-', ['\x22'] = '-', ['\x23'] = '-', ['\x24'] = '-', ['\x25'] = '-', ['\x26'] = '-',
    ['\x27'] = '-', ['\x28'] = 'b', ['\x29'] = 'h', ['\x2A'] = 't', ['\x2B'] = 't', ['\x2C'] = 'j',
    ['\x2D'] = 'h', ['\x2E'] = 'x', ['\x2F'] = 'd', ['\x30'] = 'd', ['\x31'] = 'r', ['\x32'] = 'z',
    ['\x33'] = 's', ['\x34'] = 'C', ['\x35'] = 's', ['\x36'] = 'd', ['\x37'] = 't', ['\x38'] = 'd',
    ['\x39'] = '-', ['\x3A'] = 'g', ['\x41'] = 'f', ['\x42'] = 'k', ['\x43'] = 'k', ['\x44'] = 'l',
    ['\x45'] = 'm', ['\x46'] = 'n', ['\x47'] = 'h', ['\x48'] = 'u', ['\x49'] = '-', ['\x4A'] = 'i',
};

static char arabic_sound(uint32_t c)
{
    switch (c) {
    case 0x67E: /* peh */
        return 'p';
    case 0x686: /* tcheh */
        return 'C';
    case 0x698: /* jeh */
        return 'j';
    case 0x6A4: /* veh */
    case 0x6A8:
        return 'b';
    case 0x6AD: /* ng, gaf, and the Maghreb's kaf with three dots: g */
    case 0x6AF:
    case 0x763:
        return 'g';
    default:
        return c >= 0x621 && c <= 0x64A ? arabic_sounds[c - 0x600] : '\0';
    }
}

#define ARABIC_LETTER_BYTES 2

static struct slice drop_arabic_article(struct slice word)
{
    struct slice article = SLICE_LITERAL("ال");

    if (slice_starts(word, article) && word.length >= 5 * ARABIC_LETTER_BYTES)
        return slice_skip(word, article.length);
    return word;
}

/* لحسن: the article of an h. Ibrahim, Idriss and Iskander begin with a helping vowel. */
static struct slice drop_arabic_front(struct slice word)
{
    if (slice_starts(word, SLICE_LITERAL("لح")) && word.length >= 4 * ARABIC_LETTER_BYTES)
        return slice_skip(word, ARABIC_LETTER_BYTES);
    if (slice_starts(word, SLICE_LITERAL("ابر")) || slice_starts(word, SLICE_LITERAL("ادر"))
        || slice_starts(word, SLICE_LITERAL("اكر")) || slice_starts(word, SLICE_LITERAL("اسك"))
        || slice_starts(word, SLICE_LITERAL("ابت")))
        return slice_skip(word, ARABIC_LETTER_BYTES);
    return word;
}

/* The first letter: waw is w unless it follows an alef and stands before a consonant. */
static char arabic_first(struct slice *rest, char sound)
{
    struct slice after = *rest;
    char next;

    if (sound == 'u')
        return 'w';
    if (sound != ARABIC_VOWEL && sound != 'i')
        return sound;
    if (rest->length > 0 && slice_starts(*rest, SLICE_LITERAL("و"))) {
        after = slice_skip(after, ARABIC_LETTER_BYTES);
        next = after.length > 0 ? arabic_sound(utf8_next(&after)) : '\0';
        if (next == ARABIC_VOWEL)
            return 'w';
    }
    return 'A';
}

/* Najet, Hayat: the ta marbuta behind an alef is heard; folding has made a heh of it. */
static bool has_heard_ta_marbuta(struct slice word)
{
    struct slice end = SLICE_LITERAL("اه");

    return word.length >= 4 * ARABIC_LETTER_BYTES
           && slice_equal(slice_skip(word, word.length - end.length), end);
}

static size_t arabic_key(struct slice word, char *out)
{
    size_t length = look_up(word, out);
    struct slice abd = SLICE_LITERAL("عبد");
    struct slice rest;

    if (length > 0)
        return length;
    rest = drop_arabic_front(drop_arabic_article(word));
    if (rest.length < word.length) {
        length = look_up(rest, out);
        if (length > 0)
            return length;
    }
    if (slice_starts(rest, abd)) {
        struct slice after = slice_skip(rest, abd.length);

        memcpy(out, "Abd", 3);
        length = 3;
        rest = slice_starts(after, SLICE_LITERAL("ال")) ? slice_skip(after, 4) : after;
    }
    while (rest.length > 0 && length < NAME_WORD_BYTES_MAX) {
        char sound = arabic_sound(utf8_next(&rest));

        if (sound == '\0')
            continue;
        if (length == 0)
            out[length++] = arabic_first(&rest, sound);
        else if (sound != ARABIC_VOWEL && sound != 'h' && sound != 'i' && sound != 'u')
            out[length++] = sound;
    }
    if (has_heard_ta_marbuta(word) && length < NAME_WORD_BYTES_MAX)
        out[length++] = 't';
    return length;
}

struct slice name_after_particle(struct slice particle, struct slice word)
{
    if (word.length > 0 && (unsigned char)word.data[0] < 0x80)
        return slice_skip(word, article_length(word));
    word = drop_arabic_article(word);
    if (word.length > ARABIC_LETTER_BYTES && particle.length >= ARABIC_LETTER_BYTES
        && slice_starts(word, slice_skip(particle, particle.length - ARABIC_LETTER_BYTES)))
        return slice_skip(word, ARABIC_LETTER_BYTES);
    return word;
}

struct slice name_particle_text(struct slice particle)
{
    if (slice_is(particle, "ibn"))
        return slice_skip(particle, 1);
    return slice_is(particle, "ابن") ? slice_skip(particle, ARABIC_LETTER_BYTES) : particle;
}

/* Words of other scripts are their own key. */
static size_t foreign_key(struct slice word, char *out)
{
    memcpy(out, word.data, word.length);
    return word.length;
}

size_t name_word_key(struct slice word, char out[NAME_WORD_BYTES_MAX])
{
    struct slice rest;
    uint32_t first;

    if (word.length > NAME_WORD_BYTES_MAX)
        word.length = NAME_WORD_BYTES_MAX;
    if (word.length == 0)
        return 0;
    if (word.data[0] >= 'a' && word.data[0] <= 'z')
        return latin_key(word, out);
    if (word.data[0] >= '0' && word.data[0] <= '9')
        return 0; /* a number is no name */
    rest = word;
    first = utf8_next(&rest);
    if (first == UTF8_INVALID)
        return 0;
    return first >= 0x600 && first < 0x780 ? arabic_key(word, out) : foreign_key(word, out);
}

static char last_vowel(const struct letters *word)
{
    size_t end = word->length;

    while (end > 0 && (word->text[end - 1] == 'h' || word->text[end - 1] == 'e'))
        end--; /* Fatimah, Wafae, Hassane */
    if (end == 0)
        return '-';
    return word->text[end - 1] == 'a' || word->text[end - 1] == 'i' ? word->text[end - 1] : '-';
}

struct name_vowels name_word_vowels(struct slice word)
{
    struct name_vowels vowels = {.last = '-'};
    char key[NAME_WORD_BYTES_MAX];
    struct letters letters;
    size_t i = 1;

    if (word.length > NAME_WORD_BYTES_MAX)
        word.length = NAME_WORD_BYTES_MAX;
    if (word.length == 0 || word.data[0] < 'a' || word.data[0] > 'z'
        || hear(word, &letters, key) > 0)
        return vowels;
    while (i < letters.length && !is_vowel(letters.text[i]))
        i++;
    vowels.is_known = true;
    vowels.is_rounded = i < letters.length && (letters.text[i] == 'o' || letters.text[i] == 'u');
    vowels.last = last_vowel(&letters);
    return vowels;
}
