/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/short_word.h"

#include <string.h>

#include "normalise/text.h"

#define LETTERS_MAX 12u /* of a word that has an abbreviation */

/*
 * Sources: USPS Publication 28 (appendices B and C), AFNOR NF Z 10-011 for France, and common use
 * in Spanish, Portuguese, Italian, German and Dutch addresses. Only words of which people write
 * now the one, now the other form; each stands for all of its languages.
 */
static const struct {
    char word[LETTERS_MAX + 1], form[6];
} forms[] = {
    /* rising */
    {"allee", "all"},      {"apartment", "apt"}, {"app", "apt"},      {"appartement", "apt"},
    {"appt", "apt"},       {"avda", "av"},       {"ave", "av"},       {"avenida", "av"},
    {"avenue", "av"},      {"batiment", "bat"},  {"blvd", "bd"},      {"boul", "bd"},
    {"boulevard", "bd"},   {"building", "bldg"}, {"bvd", "bd"},       {"calle", "c"},
    {"carretera", "ctra"}, {"che", "ch"},        {"chemin", "ch"},    {"circle", "cir"},
    {"close", "cl"},       {"corso", "cso"},     {"court", "ct"},     {"crescent", "cres"},
    {"derecha", "dcha"},   {"drive", "dr"},      {"east", "e"},       {"escalera", "esc"},
    {"etage", "etg"},      {"faubourg", "fg"},   {"fbg", "fg"},       {"floor", "fl"},
    {"fort", "ft"},        {"highway", "hwy"},   {"immeuble", "imm"}, {"impasse", "imp"},
    {"izquierda", "izda"}, {"lane", "ln"},       {"largo", "lgo"},    {"lotissement", "lot"},
    {"mount", "mt"},       {"no", "n"},          {"north", "n"},      {"northeast", "ne"},
    {"northwest", "nw"},   {"num", "n"},         {"numero", "n"},     {"parkway", "pkwy"},
    {"paseo", "ps"},       {"piazza", "pl"},     {"place", "pl"},     {"platz", "pl"},
    {"plaza", "pl"},       {"plza", "pl"},       {"pza", "pl"},       {"quartier", "quart"},
    {"residence", "res"},  {"road", "rd"},       {"route", "rte"},    {"saint", "st"},
    {"sainte", "ste"},     {"south", "s"},       {"southeast", "se"}, {"southwest", "sw"},
    {"square", "sq"},      {"straat", "str"},    {"strasse", "str"},  {"street", "st"},
    {"suite", "ste"},      {"terrace", "ter"},   {"travessa", "tv"},  {"viale", "vle"},
    {"west", "w"},
};

#define FORM_COUNT (sizeof(forms) / sizeof(forms[0]))

/* German and Dutch write the street's name and the word for street as one. */
static struct slice short_compound(struct slice word)
{
    static const char *const ends[] = {"strasse", "straat"};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t length = strlen(ends[i]);

        if (word.length > length && memcmp(word.data + word.length - length, ends[i], length) == 0)
            return slice_make(word.data, word.length - length + 3); /* "str" */
    }
    return word;
}

static struct slice short_form(struct slice word)
{
    size_t low = 0, high = FORM_COUNT;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = slice_compare(word, slice_of(forms[middle].word));

        if (order == 0)
            return slice_of(forms[middle].form);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return short_compound(word);
}

/* "53", "53b": the number of a house or a flat. */
static bool is_house_number(struct slice word)
{
    size_t digits = 0;

    while (digits < word.length && word.data[digits] >= '0' && word.data[digits] <= '9')
        digits++;
    return digits > 0 && digits + 1 >= word.length;
}

/* Words that only say that a number follows: "n. 53", "apt 4", where others write "53", "#4". */
static bool says_number(struct slice form, struct slice rest)
{
    static const char *const words[] = {"apt", "n", "nr", "nro", "ste", "unit"};
    struct slice next;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_is(form, words[i]))
            return text_next_word(&rest, &next) && is_house_number(next);
    }
    return false;
}

void short_words(struct buf *out, size_t start)
{
    struct slice rest = slice_make(out->data + start, out->length - start), word;
    size_t at = start;

    while (text_next_word(&rest, &word)) {
        struct slice form = short_form(word);

        if (says_number(form, rest))
            continue;
        if (at > start)
            out->data[at++] = ' ';
        memmove(out->data + at, form.data, form.length);
        at += form.length;
    }
    out->length = at;
    out->data[at] = '\0';
}
