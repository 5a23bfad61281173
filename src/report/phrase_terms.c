/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The field's terms in the languages of reports: verdicts, categories, signs. */
#include "report/phrase.h"

static const char *const verdicts[RECORD_VERDICT_COUNT][LANGUAGE_COUNT] = {
    [RECORD_UNVERIFIABLE] =
        {
            "unverifiable",
            "invérifiable",
            "غير قابل للتحقق",
        },
    [RECORD_UNFOUNDED] =
        {
            "unfounded",
            "sans fondement",
            "بلا أساس",
        },
    [RECORD_MISATTRIBUTED] =
        {
            "misattributed",
            "mal attribué",
            "منسوب إلى غير صاحبه",
        },
    [RECORD_ALTERED] =
        {
            "altered",
            "altéré",
            "محرف",
        },
    [RECORD_INCOMPLETE] =
        {
            "incomplete",
            "incomplet",
            "ناقص",
        },
    [RECORD_STALE] =
        {
            "stale",
            "périmé",
            "قديم",
        },
    [RECORD_AUTHENTIC] =
        {
            "authentic",
            "authentique",
            "صحيح",
        },
};

static const char *const verdict_meanings[RECORD_VERDICT_COUNT][LANGUAGE_COUNT] = {
    [RECORD_UNVERIFIABLE] =
        {
            "too little to identify anybody, or nothing to compare",
            "trop peu pour identifier quelqu'un, ou rien à comparer",
            "أقل من أن يعرف أحدا أو لا شيء يقارن",
        },
    [RECORD_UNFOUNDED] =
        {
            "names somebody whom the register does not have",
            "nomme quelqu'un que le registre ne connaît pas",
            "يذكر من ليس في السجل المرجعي",
        },
    [RECORD_MISATTRIBUTED] =
        {
            "shows a value that belongs to another subject",
            "montre une valeur qui appartient à un autre",
            "يظهر قيمة تخص غيره",
        },
    [RECORD_ALTERED] =
        {
            "shows a value that the register never held for this subject",
            "montre une valeur que le registre n'a jamais détenue pour ce sujet",
            "يظهر قيمة لم تكن قط في السجل لهذا الشخص",
        },
    [RECORD_INCOMPLETE] =
        {
            "agrees, but something is missing or cut",
            "concorde, mais il manque ou il est coupé quelque chose",
            "يتفق لكن شيئا منه مفقود أو مبتور",
        },
    [RECORD_STALE] =
        {
            "agrees with what the register held before",
            "concorde avec ce que le registre détenait auparavant",
            "يتفق مع ما كان في السجل من قبل",
        },
    [RECORD_AUTHENTIC] =
        {
            "agrees with the register at the time it was taken",
            "concorde avec le registre au moment de la prise",
            "يتفق مع السجل وقت أخذه",
        },
};

static const char *const categories[CATEGORY_COUNT][LANGUAGE_COUNT] = {
    [CATEGORY_IDENTITY] = {"identity", "identité", "الهوية"},
    [CATEGORY_CONTACT] = {"contact", "coordonnées", "الاتصال"},
    [CATEGORY_EMPLOYMENT] = {"employment", "emploi", "العمل"},
    [CATEGORY_FINANCIAL] = {"financial", "finances", "المال"},
    [CATEGORY_SOCIAL] = {"social", "social", "الاجتماعي"},
    [CATEGORY_FAMILY] = {"family", "famille", "الأسرة"},
    [CATEGORY_HEALTH] = {"health", "santé", "الصحة"},
    [CATEGORY_LOCATION] = {"location", "localisation", "الموقع"},
    [CATEGORY_CREDENTIALS] = {"credentials", "identifiants d'accès", "بيانات الدخول"},
};

const char *phrase_verdict(enum language language, enum record_verdict verdict)
{
    return verdicts[verdict][language];
}

const char *phrase_verdict_meaning(enum language language, enum record_verdict verdict)
{
    return verdict_meanings[verdict][language];
}

const char *phrase_sign_test(enum language language, enum sign_test test)
{
    static const char *const texts[TEST_COUNT][LANGUAGE_COUNT] = {
        [TEST_CHECK_DIGITS] = {"wrong check digits", "clés de contrôle fausses",
                               "أرقام تحقق خاطئة"},
        [TEST_NEVER_ISSUED] = {"identifiers never issued", "identifiants jamais attribués",
                               "معرفات لم تصدر قط"},
        [TEST_SEQUENTIAL] = {"identifiers in sequence", "identifiants qui se suivent",
                             "معرفات متتالية"},
        [TEST_DUPLICATES] = {"repeated rows", "lignes répétées", "أسطر مكررة"},
        [TEST_SAME_AMOUNTS] = {"repeated amounts", "montants répétés", "مبالغ مكررة"},
        [TEST_CENTIMES] = {"digits of the cents", "chiffres des centimes", "أرقام السنتيمات"},
        [TEST_UNITS] = {"last digits", "derniers chiffres", "الأرقام الأخيرة"},
        [TEST_HEAPING] = {"multiples of 100", "multiples de 100", "مضاعفات المئة"},
        [TEST_FIRST_DIGITS] = {"first digits", "premiers chiffres", "الأرقام الأولى"},
        [TEST_AGES] = {"round ages", "âges ronds", "أعمار مدورة"},
        [TEST_FEW_NAMES] = {"few different names", "peu de noms différents", "أسماء مختلفة قليلة"},
        [TEST_DEPENDENCE] = {"columns that do not go together", "colonnes qui ne vont pas ensemble",
                             "أعمدة غير مترابطة"},
        [TEST_TOO_CLEAN] = {"too clean: no gaps", "trop propre : sans lacunes",
                            "نظيف أكثر من اللازم: بلا فراغات"},
    };

    return texts[test][language];
}

const char *phrase_document_sign(enum language language, enum document_sign sign)
{
    static const char *const texts[DOCUMENT_SIGN_COUNT][LANGUAGE_COUNT] = {
        [DOCUMENT_UPDATED] = {"text changed by a later save", "texte changé par une mise à jour",
                              "نص غيره حفظ لاحق"},
        [DOCUMENT_APPENDED] = {"saved again, text unchanged", "réenregistré, texte inchangé",
                               "أعيد حفظه دون تغيير النص"},
        [DOCUMENT_ID_CHANGED] = {"not its first version", "n'est pas sa première version",
                                 "ليس نسخته الأولى"},
        [DOCUMENT_MODIFIED] = {"modified after it was made", "modifié après sa création",
                               "عدل بعد إنشائه"},
        [DOCUMENT_PRODUCER] = {"made by another program", "produit par un autre logiciel",
                               "أنتجه برنامج آخر"},
        [DOCUMENT_EDITOR] = {"made by an editor", "produit par un éditeur de PDF",
                             "أنتجه برنامج تحرير"},
        [DOCUMENT_TIME_OFFSET] = {"a clock of another zone", "horloge d'un autre fuseau",
                                  "توقيت منطقة أخرى"},
        [DOCUMENT_COVERED] = {"text painted over", "texte recouvert", "نص مغطى"},
        [DOCUMENT_OVERWRITTEN] = {"text over text", "texte sur texte", "نص فوق نص"},
        [DOCUMENT_FONT] = {"a font of its own", "police étrangère au modèle", "خط غريب عن النموذج"},
        [DOCUMENT_SUBSETS] = {"a font twice", "police présente deux fois", "خط مكرر"},
        [DOCUMENT_OFF_GRID] = {"text off the grid", "texte hors de la grille",
                               "نص خارج مواضع النموذج"},
        [DOCUMENT_PAGE_SIZE] = {"another paper size", "autre format de page", "قياس صفحة آخر"},
        [DOCUMENT_STYLE] = {"a value in other letters", "valeur dans une autre police",
                            "قيمة بحروف أخرى"},
        [DOCUMENT_METADATA] = {"contradicts itself on how it was made",
                               "se contredit sur sa création", "يناقض نفسه في كيفية إنشائه"},
    };

    return texts[sign][language];
}

const char *phrase_document_weight(enum language language, enum document_weight weight)
{
    static const char *const texts[WEIGHT_COUNT][LANGUAGE_COUNT] = {
        [WEIGHT_WEAK] = {"weak", "faible", "ضعيف"},
        [WEIGHT_MEDIUM] = {"medium", "moyen", "متوسط"},
        [WEIGHT_STRONG] = {"strong", "fort", "قوي"},
    };

    return texts[weight][language];
}

const char *phrase_category(enum language language, enum category category)
{
    return categories[category][language];
}
