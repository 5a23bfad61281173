/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/document_detail.h"

#include <string.h>

/* %1 to %6 are the places of the parts. */
static const char *const patterns[DETAIL_FORM_COUNT][LANGUAGE_COUNT] = {
    [DETAIL_NONE] = {"", "", ""},
    [DETAIL_REVISION] = {"revision %1 of %2", "révision %1 sur %2", "المراجعة %1 من %2"},
    [DETAIL_REVISION_LAWFUL] = {"revision %1 of %2; signed, or a form",
                                "révision %1 sur %2 ; signé, ou formulaire",
                                "المراجعة %1 من %2؛ موقع أو استمارة"},
    [DETAIL_REVISIONS] = {"%1 revisions", "%1 révisions", "عدد المراجعات %1"},
    [DETAIL_REVISIONS_LAWFUL] = {"%1 revisions; signed, or a form",
                                 "%1 révisions ; signé, ou formulaire",
                                 "عدد المراجعات %1؛ موقع أو استمارة"},
    [DETAIL_IDS] = {"%1, then %2", "%1, puis %2", "%1 ثم %2"},
    [DETAIL_DATES] = {"made %1, modified %2", "créé %1, modifié %2", "أنشئ %1 وعدل %2"},
    [DETAIL_OTHER_PRODUCER] = {"producer '%1'; %2 of %3 have '%4'",
                               "producteur « %1 » ; %2 sur %3 ont « %4 »",
                               "المنتج «%1»؛ ولدى %2 من %3 «%4»"},
    [DETAIL_OTHER_CREATOR] = {"creator '%1'; %2 of %3 have '%4'",
                              "application « %1 » ; %2 sur %3 ont « %4 »",
                              "التطبيق «%1»؛ ولدى %2 من %3 «%4»"},
    [DETAIL_PRODUCER] = {"producer '%1'", "producteur « %1 »", "المنتج «%1»"},
    [DETAIL_CREATOR] = {"creator '%1'", "application « %1 »", "التطبيق «%1»"},
    [DETAIL_OFFSET] = {"made at offset %1; the zone had %2",
                       "créé au décalage %1 ; le fuseau avait %2",
                       "أنشئ بفارق توقيت %1 وكان فارق المنطقة %2"},
    [DETAIL_OFFSET_OF_ZONE] = {"made at offset %1, as its zone had; %2 of %3 have %4",
                               "créé au décalage %1, celui du fuseau ; %2 sur %3 ont %4",
                               "أنشئ بفارق توقيت %1 كما للمنطقة؛ ولدى %2 من %3 الفارق %4"},
    [DETAIL_FONT] = {"'%1', in %2 of %3", "« %1 », dans %2 sur %3", "«%1» في %2 من %3"},
    [DETAIL_SUBSETS] = {"'%1' in %2 subsets, as %3 of %4 have it",
                        "« %1 » en %2 sous-ensembles, comme dans %3 sur %4",
                        "«%1» في %2 من المجموعات الجزئية كما في %3 من %4"},
    [DETAIL_PAGE_SIZE] = {"%1 x %2 points; %3 of %4 have %5 x %6",
                          "%1 x %2 points ; %3 sur %4 ont %5 x %6",
                          "%1 × %2 نقطة؛ ولدى %3 من %4 القياس %5 × %6"},
    [DETAIL_TO_RIGHT] = {"%1 points to the right of where %2 of %3 have it",
                         "%1 points à droite de la place qu'il a dans %2 sur %3",
                         "يمين موضعه المعتاد بمقدار %1 نقطة (%2 من %3)"},
    [DETAIL_TO_LEFT] = {"%1 points to the left of where %2 of %3 have it",
                        "%1 points à gauche de la place qu'il a dans %2 sur %3",
                        "يسار موضعه المعتاد بمقدار %1 نقطة (%2 من %3)"},
    [DETAIL_LOWER] = {"%1 points lower than %2 of %3 have it",
                      "%1 points plus bas que dans %2 sur %3",
                      "أدنى من موضعه المعتاد بمقدار %1 نقطة (%2 من %3)"},
    [DETAIL_HIGHER] = {"%1 points higher than %2 of %3 have it",
                       "%1 points plus haut que dans %2 sur %3",
                       "أعلى من موضعه المعتاد بمقدار %1 نقطة (%2 من %3)"},
    [DETAIL_STYLE] = {"in %1, where %3 of %4 have %2", "en %1, là où %3 sur %4 ont %2",
                      "بالخط %1 حيث لدى %3 من %4 الخط %2"},
    [DETAIL_SUBSET_OF_VALUE] = {"in another subset of %1 than %2 of %3 have here",
                                "dans un autre sous-ensemble de %1 que %2 sur %3 à cette place",
                                "في مجموعة جزئية من %1 غير التي لدى %2 من %3 هنا"},
    [DETAIL_STYLE_MIXED] = {"one number in several fonts or subsets",
                            "un nombre en plusieurs polices ou sous-ensembles",
                            "عدد واحد بعدة خطوط أو مجموعات جزئية"},
    [DETAIL_STYLE_MIXED_USUALLY_NOT] = {"one number in several fonts or subsets; %1 of %2 have one",
                                        "un nombre en plusieurs polices ou sous-ensembles ; %1 sur "
                                        "%2 n'en ont qu'un",
                                        "عدد واحد بعدة خطوط أو مجموعات جزئية؛ ولدى %1 من %2 خط "
                                        "واحد"},
    [DETAIL_METADATA_PRODUCER] = {"producer '%1' in one place, '%2' in the other (XMP)",
                                  "producteur « %1 » d'un côté, « %2 » de l'autre (XMP)",
                                  "المنتج «%1» في موضع و«%2» في الآخر (XMP)"},
    [DETAIL_METADATA_CREATOR] = {"creator '%1' in one place, '%2' in the other (XMP)",
                                 "application « %1 » d'un côté, « %2 » de l'autre (XMP)",
                                 "التطبيق «%1» في موضع و«%2» في الآخر (XMP)"},
    [DETAIL_METADATA_CREATED] = {"made %1 in one place, %2 in the other (XMP): %3 minutes apart",
                                 "créé %1 d'un côté, %2 de l'autre (XMP) : %3 minutes d'écart",
                                 "أنشئ %1 في موضع و%2 في الآخر (XMP): الفرق بالدقائق %3"},
    [DETAIL_METADATA_MODIFIED] = {"modified %1 in one place, %2 in the other (XMP): %3 minutes "
                                  "apart",
                                  "modifié %1 d'un côté, %2 de l'autre (XMP) : %3 minutes d'écart",
                                  "عدل %1 في موضع و%2 في الآخر (XMP): الفرق بالدقائق %3"},
    [DETAIL_METADATA_TITLE] = {"title '%1' in one place, '%2' in the other (XMP)",
                               "titre « %1 » d'un côté, « %2 » de l'autre (XMP)",
                               "العنوان «%1» في موضع و«%2» في الآخر (XMP)"},
};

void document_detail_format(struct buf *out, enum detail_form form, const struct slice *parts,
                            unsigned count)
{
    buf_format(out, "%u", (unsigned)form);
    for (unsigned i = 0; i < count; i++) {
        buf_add_byte(out, '\t');
        for (size_t k = 0; k < parts[i].length; k++)
            buf_add_byte(out, (unsigned char)parts[i].data[k] <= ' ' ? ' ' : parts[i].data[k]);
    }
}

/* What stands before the next tab, which is taken too. */
static struct slice take_part(struct slice *rest)
{
    const char *end = rest->length ? memchr(rest->data, '\t', rest->length) : NULL;
    struct slice part = slice_make(rest->data, end ? (size_t)(end - rest->data) : rest->length);

    *rest = slice_skip(*rest, part.length + (end != NULL));
    return part;
}

static bool parse_form(struct slice text, unsigned *out_form)
{
    unsigned form = 0;

    if (text.length == 0 || text.length > 3)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        form = form * 10 + (unsigned)(text.data[i] - '0');
    }
    *out_form = form;
    return form < DETAIL_FORM_COUNT && patterns[form][LANGUAGE_EN];
}

struct detail_words document_detail_words(enum language language, struct slice detail)
{
    struct detail_words words = {.whole = detail};
    struct slice rest = detail;
    unsigned form;

    if (!parse_form(take_part(&rest), &form))
        return words;
    words.at = patterns[form][language];
    for (unsigned i = 0; i < DETAIL_PARTS_MAX && rest.length > 0; i++)
        words.parts[i] = take_part(&rest);
    return words;
}

static bool is_place(const char *at)
{
    return at[0] == '%' && at[1] >= '1' && at[1] <= '0' + (int)DETAIL_PARTS_MAX;
}

bool document_detail_next(struct detail_words *words, struct slice *out_piece, bool *out_is_part)
{
    size_t length = 0;

    *out_is_part = true;
    if (!words->at) {
        *out_piece = words->whole;
        words->whole.length = 0;
        return out_piece->length > 0;
    }
    if (is_place(words->at)) {
        *out_piece = words->parts[words->at[1] - '1'];
        words->at += 2;
        return true;
    }
    while (words->at[length] != '\0' && !is_place(words->at + length))
        length++;
    *out_piece = slice_make(words->at, length);
    *out_is_part = false;
    words->at += length;
    return length > 0;
}

void document_detail_say(struct buf *out, enum language language, struct slice detail)
{
    struct detail_words words = document_detail_words(language, detail);
    struct slice piece;
    bool is_part;

    while (document_detail_next(&words, &piece, &is_part))
        buf_add_slice(out, piece);
}
