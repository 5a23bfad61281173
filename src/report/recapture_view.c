/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/recapture_view.h"

#include <stdlib.h>

#include "base/alloc.h"

static int keep(struct recapture_view *view, struct slice *text, struct tq_error *err)
{
    const char *kept = arena_text(&view->texts, *text);

    if (!kept)
        return tq_no_memory(err);
    text->data = kept;
    return TQ_OK;
}

static int take(void *state, const struct recapture_row *row, struct tq_error *err)
{
    struct recapture_view *view = state;
    struct recapture_row kept = *row;
    int r = keep(view, &kept.first, err);

    if (r == TQ_OK)
        r = keep(view, &kept.second, err);
    if (r == TQ_OK)
        r = keep(view, &kept.parts, err);
    if (r == TQ_OK)
        r = alloc_reserve(&view->items, &view->capacity, view->count + 1, sizeof(*view->items),
                          err);
    if (r == TQ_OK)
        view->items[view->count++] = kept;
    return r;
}

int recapture_view_open(struct case_store *store, struct recapture_view *out_view,
                        struct tq_error *err)
{
    struct recapture_view view = {0};
    int r = case_recaptures(store, take, &view, err);

    if (r < 0) {
        recapture_view_close(&view);
        return r;
    }
    *out_view = view;
    return TQ_OK;
}

void recapture_view_close(struct recapture_view *view)
{
    free(view->items);
    arena_clear(&view->texts);
    *view = (struct recapture_view){0};
}

const char *recapture_text(enum language language, enum recapture_text which)
{
    static const char *const texts[RECAPTURE_TEXT_COUNT][LANGUAGE_COUNT] = {
        [RECAPTURE_TEXT_TITLE] = {"How many does no finder hold?",
                                  "Combien n'ont été trouvés par personne ?",
                                  "كم عدد من لم يجدهم أحد؟"},
        [RECAPTURE_TEXT_LEAD] =
            {"Several finders each hold a part of one leak. The fewer of those whom one holds are "
             "in the other, the more are in neither. An estimate, and in none of the counts above. "
             "It holds if the leak is one and complete, and if finders came to their parts "
             "independently: where one has from the other, or both look in one place, there are "
             "more, so read it as \"at least\"; where they shared out the work, there are fewer.",
             "Plusieurs personnes détiennent chacune une partie d'une même fuite. Moins ces "
             "parties se recoupent, plus il y a de personnes qui ne sont dans aucune. C'est une "
             "estimation, absente de tous les décomptes ci-dessus. Elle vaut si la fuite est une "
             "et close, et si chacun est parvenu à sa partie indépendamment des autres : si l'un "
             "tient de l'autre, ou si tous cherchent au même endroit, il y en a davantage (lire "
             "« au moins ») ; s'ils se sont réparti le travail, il y en a moins.",
             "عدة جهات تحوز كل منها جزءا من تسريب واحد. وكلما قل المشترك بين الأجزاء كثر من ليس في "
             "أي منها. هذا تقدير لا يدخل في أي من الأعداد أعلاه. ويصح إذا كان التسريب واحدا "
             "ومكتملا "
             "ووصلت كل جهة إلى جزئها مستقلة عن غيرها: فإن أخذت إحداهما عن الأخرى أو بحثتا في مكان "
             "واحد فالعدد أكبر (يقرأ «على الأقل»)، وإن تقاسمتا العمل فهو أقل."},
        [RECAPTURE_TEXT_FINDERS] = {"Finders", "Sources", "الجهات"},
        [RECAPTURE_TEXT_ALL] = {"all together (Chao's lower bound)",
                                "toutes ensemble (borne inférieure de Chao)",
                                "جميعها معا (الحد الأدنى لتشاو)"},
        [RECAPTURE_TEXT_FIRST] = {"First", "Première", "الأولى"},
        [RECAPTURE_TEXT_SECOND] = {"Second", "Seconde", "الثانية"},
        [RECAPTURE_TEXT_TWICE] = {"In two", "Dans deux", "في اثنتين"},
        [RECAPTURE_TEXT_SEEN] = {"In any", "Dans l'une au moins", "في إحداها"},
        [RECAPTURE_TEXT_ESTIMATE] = {"Estimate of all", "Estimation du total", "تقدير المجموع"},
        [RECAPTURE_TEXT_REMARK] = {"Remark", "Remarque", "ملاحظة"},
        [RECAPTURE_TEXT_UNEVEN] = {"parts of the register are found unevenly",
                                   "des parties du registre sont trouvées inégalement",
                                   "أجزاء من السجل وجدت بتفاوت"},
        [RECAPTURE_TEXT_BY_PARTS] = {"; taken part by part, the estimate is",
                                     " ; partie par partie, l'estimation est",
                                     "؛ والتقدير جزءا جزءا هو"},
    };

    return texts[which][language];
}

const char *recapture_status_text(enum language language, enum recapture_status status)
{
    static const char *const texts[RECAPTURE_STATUS_COUNT][LANGUAGE_COUNT] = {
        [RECAPTURE_USABLE] = {"", "", ""},
        [RECAPTURE_COPIED] = {"cannot be used: they hold the same files",
                              "inutilisable : elles détiennent les mêmes fichiers",
                              "لا يصلح: لديهما الملفات نفسها"},
        [RECAPTURE_CONTAINED] = {"cannot be used: one contains the other",
                                 "inutilisable : l'une contient l'autre",
                                 "لا يصلح: إحداهما تتضمن الأخرى"},
        [RECAPTURE_TOO_FEW] = {"cannot be used: fewer than 7 are in two",
                               "inutilisable : moins de 7 sont dans deux",
                               "لا يصلح: أقل من 7 في اثنتين"},
    };

    return texts[status][language];
}
