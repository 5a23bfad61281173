/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/short_word.h"

#include <string.h>

#include "normalise/text.h"

#define LETTERS_MAX 12u /* of a word that has an abbreviation */

/*
 * Sources: USPS Publication 28 (appendices B and C), AFNOR NF Z 10-011 for France, and common use
 * in Spanish, Portuguese, Italian, German, Dutch, Polish, Turkish and Arabic addresses. Only words
 * of which people write now the one, now the other form; each stands for all of its languages.
 */
static const struct {
    char word[LETTERS_MAX + 1], form[6];
} forms[] = {
    /* rising; no form is longer than its word */
    /* clang-format off */
    {"aleja", "al"}, {"aleje", "al"}, {"allee", "all"}, {"allees", "all"},
    {"apartamento", "apt"}, {"apartmani", "apt"}, {"apartment", "apt"}, {"app", "apt"},
    {"appartement", "apt"}, {"appt", "apt"}, {"avda", "av"}, {"ave", "av"}, {"avenida", "av"},
    {"avenue", "av"}, {"barrio", "bo"}, {"batiment", "bat"}, {"bld", "bd"}, {"bloc", "bl"},
    {"block", "bl"}, {"bloque", "bl"}, {"blv", "bd"}, {"blvd", "bd"}, {"boul", "bd"},
    {"boulevard", "bd"}, {"building", "bldg"}, {"bul", "bd"}, {"bulvar", "bd"},
    {"bulvari", "bd"}, {"bvd", "bd"}, {"cad", "cd"}, {"cadde", "cd"}, {"caddesi", "cd"},
    {"calle", "c"}, {"camino", "cno"}, {"capitaine", "cap"}, {"capitan", "cap"},
    {"captain", "cap"}, {"carretera", "ctra"}, {"che", "ch"}, {"chem", "ch"}, {"chemin", "ch"},
    {"circle", "cir"}, {"cl", "c"}, {"close", "c"}, {"cmno", "cno"}, {"colonel", "col"},
    {"colonia", "col"}, {"comandante", "cdt"}, {"commandant", "cdt"}, {"coronel", "col"},
    {"corso", "cso"}, {"cours", "crs"}, {"court", "ct"}, {"crescent", "cres"}, {"crta", "ctra"},
    {"dcho", "dcha"}, {"departamento", "apt"}, {"depto", "apt"}, {"derecha", "dcha"},
    {"docteur", "dr"}, {"doctor", "dr"}, {"doktor", "dr"}, {"dpto", "apt"}, {"drive", "dr"},
    {"east", "e"}, {"edif", "ed"}, {"edificio", "ed"}, {"eighth", "8th"}, {"escalera", "esc"},
    {"estrada", "est"}, {"etage", "etg"}, {"faubourg", "fg"}, {"fbg", "fg"}, {"fifth", "5th"},
    {"first", "1st"}, {"floor", "fl"}, {"fort", "ft"}, {"fourth", "4th"}, {"gasse", "g"},
    {"gen", "gal"}, {"general", "gal"}, {"generale", "gal"}, {"gral", "gal"},
    {"highway", "hwy"}, {"immeuble", "imm"}, {"impasse", "imp"}, {"izda", "izq"},
    {"izdo", "izq"}, {"izquierda", "izq"}, {"lane", "ln"}, {"largo", "lgo"},
    {"lotissement", "lot"}, {"mah", "mh"}, {"mahalle", "mh"}, {"mahallesi", "mh"},
    {"marechal", "mal"}, {"marshal", "mal"}, {"mount", "mt"}, {"namesti", "nam"},
    {"ninth", "9th"}, {"no", "n"}, {"north", "n"}, {"northeast", "ne"}, {"northwest", "nw"},
    {"ntra", "nra"}, {"nuestra", "nra"}, {"num", "n"}, {"numero", "n"}, {"osiedle", "os"},
    {"parkway", "pkwy"}, {"paseo", "ps"}, {"pca", "pc"}, {"piazza", "pl"}, {"plac", "pl"},
    {"place", "pl"}, {"platz", "pl"}, {"plaza", "pl"}, {"plza", "pl"}, {"po", "ps"},
    {"poligono", "pol"}, {"praca", "pc"}, {"pres", "pdt"}, {"president", "pdt"},
    {"presidente", "pdt"}, {"privada", "priv"}, {"profesor", "prof"}, {"professeur", "prof"},
    {"professor", "prof"}, {"pso", "ps"}, {"pza", "pl"}, {"quai", "q"}, {"quartier", "quart"},
    {"residence", "res"}, {"road", "rd"}, {"route", "rte"}, {"rua", "r"}, {"rue", "r"},
    {"saint", "st"}, {"sainte", "st"}, {"sankt", "st"}, {"santa", "st"}, {"santo", "st"},
    {"second", "2nd"}, {"senora", "sra"}, {"seventh", "7th"}, {"sixth", "6th"}, {"sok", "sk"},
    {"sokagi", "sk"}, {"sokak", "sk"}, {"south", "s"}, {"southeast", "se"}, {"southwest", "sw"},
    {"square", "sq"}, {"sta", "st"}, {"ste", "st"}, {"sto", "st"}, {"straat", "str"},
    {"strada", "str"}, {"stradale", "str"}, {"strasse", "str"}, {"street", "st"},
    {"suite", "st"}, {"tenth", "10th"}, {"terrace", "ter"}, {"third", "3rd"},
    {"travessa", "tv"}, {"ulica", "ul"}, {"ulitsa", "ul"}, {"unit", "apt"},
    {"urbanizacion", "urb"}, {"ut", "u"}, {"utca", "u"}, {"viale", "vle"}, {"west", "w"},
    {"رقم", "n"}, {"شارع", "ش"}, {"شقه", "apt"}, {"طريق", "ط"}, {"عماره", "ع"}, {"ميدان", "م"},
    /* clang-format on */
};

#define FORM_COUNT (sizeof(forms) / sizeof(forms[0]))

/* German and Dutch write the street's name and the word for street as one. */
static struct slice short_compound(struct slice word)
{
    static const struct {
        char end[8];
        unsigned char kept; /* of its letters */
    } ends[] = {{"strasse", 3}, {"straat", 3}, {"platz", 2}, {"gasse", 1}, {"allee", 3}};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t length = strlen(ends[i].end);

        if (word.length > length
            && memcmp(word.data + word.length - length, ends[i].end, length) == 0)
            return slice_make(word.data, word.length - length + ends[i].kept);
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

/* "53 bis", "53bis" and "53b" are one number. */
static struct slice short_repetition(struct slice word, struct slice before)
{
    static const char *const words[] = {"bis", "ter", "quater"};
    size_t digits = 0;

    while (digits < word.length && word.data[digits] >= '0' && word.data[digits] <= '9')
        digits++;
    if (digits == 0 && (before.length == 0 || !is_house_number(before)))
        return word;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_is(slice_skip(word, digits), words[i]))
            return slice_make(word.data, digits + 1);
    }
    return word;
}

/* "b" of "53 b", which others write as one: a letter that a word of digits alone stands before.
 * Of few letters: "n" and "e" are directions, "r" is a rue. */
static bool belongs_to_number(struct slice form, struct slice before)
{
    return form.length == 1 && strchr("abcdtq", form.data[0]) != NULL && before.length > 0
           && is_house_number(before) && before.data[before.length - 1] <= '9';
}

/* Words that only say that a number follows: "n. 53", "apt 4", where others write "53", "#4". */
static bool says_number(struct slice word, struct slice form, struct slice rest)
{
    static const char *const words[] = {"apt", "d", "daire", "lok", "m", "n", "nr", "nro"};
    bool is_one = slice_is(word, "ste") || slice_is(word, "suite");
    struct slice next;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        is_one |= slice_is(form, words[i]);
    return is_one && text_next_word(&rest, &next) && is_house_number(next);
}

/* Polish addresses say "street" or leave it out. */
static bool says_nothing(struct slice word, struct slice form, struct slice rest)
{
    return says_number(word, form, rest) || (rest.length > 0 && slice_is(form, "ul"));
}

/* "P.º" and "N.º" are Pº and Nº; the second word goes with the first. */
static struct slice with_ordinal(struct slice word, struct slice *rest)
{
    struct slice after = *rest, next;
    bool is_paseo = slice_is(word, "p");

    if ((!is_paseo && !slice_is(word, "n")) || !text_next_word(&after, &next)
        || !slice_is(next, "o"))
        return word;
    *rest = after;
    return slice_of(is_paseo ? "po" : "no");
}

void short_words(struct buf *out, size_t start)
{
    struct slice rest = slice_make(out->data + start, out->length - start), word, before = {0};
    size_t at = start;

    while (text_next_word(&rest, &word)) {
        struct slice form;

        word = with_ordinal(word, &rest);
        form = short_form(short_repetition(word, before));
        if (says_nothing(word, form, rest))
            continue;
        if (at > start && !belongs_to_number(form, before))
            out->data[at++] = ' ';
        memmove(out->data + at, form.data, form.length);
        before = slice_make(out->data + at, form.length);
        at += form.length;
    }
    out->length = at;
    out->data[at] = '\0';
}
