/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "synthetic.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "normalise/text.h"

#define WORDS_MAX     1200
#define TEXT_BYTES    32768
#define LETTER_WIDTH  5.f
#define LETTER_HEIGHT 10.f
#define SPACE_WIDTH   3.f
#define LIST_ROWS     22 /* a page */

static const char *const families[] = {"ALAMI", "BENNANI", "EL FASSI",  "OUAZZANI", "BERRADA",
                                       "TAZI",  "CHRAIBI", "EL AMRANI", "LAHLOU",   "IDRISSI"};
static const char *const givens[] = {"Mohamed", "Fatima Zahra", "Youssef", "Khadija", "Omar",
                                     "Salma",   "Hicham",       "Naima",   "Karim",   "Zineb"};
static const char *const arabic[] = {"محمد", "فاطمة الزهراء", "يوسف",  "خديجة", "عمر",
                                     "سلمى", "هشام",          "نعيمة", "كريم",  "زينب"};
static const char *const cities[] = {"Rabat", "Fès", "Oujda", "Agadir", "Meknès", "Safi", "Nador"};
static const char *const companies[] = {"ATLAS TEXTILE SARL", "SOUSS AGRUMES", "RIF TRANSPORT SA",
                                        "OASIS HOTELS", "COMPTOIR DU NORD SARL"};
static const char *const prose[] = {
    "objet",    "demande", "suite",  "entretien", "merci",  "bien",    "vouloir", "dossier",
    "courrier", "avec",    "sans",   "retard",    "notre",  "service", "agence",  "bureau",
    "monsieur", "madame",  "lettre", "copie",     "jointe", "votre",   "compte",  "rendu"};

#define PICK(list, seed) (list[(seed) % (sizeof(list) / sizeof(*(list)))])

struct maker {
    struct synthetic *document;
    uint64_t state;
    struct page *page;
    float y;
};

static unsigned draw(struct maker *maker)
{
    maker->state = hash_mix(maker->state + 0x9E3779B97F4A7C15u);
    return (unsigned)(maker->state >> 33);
}

static void new_page(struct maker *maker)
{
    struct synthetic *document = maker->document;
    uint32_t p = document->page_count++;

    assert(p < PAGES_MAX);
    document->words[p] = calloc(WORDS_MAX, sizeof(struct page_word));
    document->text[p] = calloc(TEXT_BYTES, 1);
    assert(document->words[p] && document->text[p]);
    document->pages[p] = (struct page){.number = p + 1,
                                       .width = 595,
                                       .height = 842,
                                       .words = document->words[p],
                                       .text = document->text[p]};
    maker->page = &document->pages[p];
    maker->y = 60;
}

static float width_of(struct slice word)
{
    return LETTER_WIDTH * (float)text_length(word);
}

static void put_word(struct maker *maker, float x, struct slice word)
{
    struct page *page = maker->page;
    uint32_t p = (uint32_t)(page - maker->document->pages);

    assert(page->word_count < WORDS_MAX && page->text_length + word.length < TEXT_BYTES);
    memcpy(maker->document->text[p] + page->text_length, word.data, word.length);
    maker->document->words[p][page->word_count++] =
        (struct page_word){.x0 = x + maker->document->shift,
                           .x1 = x + maker->document->shift + width_of(word),
                           .y0 = maker->y,
                           .y1 = maker->y + LETTER_HEIGHT,
                           .text_offset = page->text_length,
                           .text_length = (uint32_t)word.length};
    page->text_length += (uint32_t)word.length;
}

/* Words from x to the right; where the last ends. */
static float put(struct maker *maker, float x, const char *text)
{
    struct slice rest = slice_of(text), word;

    while (text_next_word(&rest, &word)) {
        put_word(maker, x, word);
        x += width_of(word) + SPACE_WIDTH;
    }
    return x - SPACE_WIDTH;
}

/* Words from x to the left, as Arabic runs. */
static float put_rtl(struct maker *maker, float x, const char *text)
{
    struct slice rest = slice_of(text), word;

    while (text_next_word(&rest, &word)) {
        x -= width_of(word);
        put_word(maker, x, word);
        x -= SPACE_WIDTH;
    }
    return x + SPACE_WIDTH;
}

static const char *fact(struct maker *maker, const char *label, const char *value)
{
    struct truth *truth = &maker->document->truth;
    unsigned i = truth->fact_count++;

    assert(i < FACTS_MAX);
    (void)snprintf(truth->label[i], sizeof(truth->label[i]), "%s", label);
    (void)snprintf(truth->value[i], sizeof(truth->value[i]), "%s", value);
    return truth->value[i];
}

static const char *number(struct maker *maker, const char *prefix, unsigned digits)
{
    static char text[TEXT_MAX];
    size_t length = (size_t)snprintf(text, sizeof(text), "%s", prefix);

    for (unsigned i = 0; i < digits; i++)
        text[length++] = (char)('0' + draw(maker) % 10);
    text[length] = '\0';
    return text;
}

static const char *full_name(struct maker *maker)
{
    static char text[TEXT_MAX];

    (void)snprintf(text, sizeof(text), "%s %s", PICK(families, draw(maker)),
                   PICK(givens, draw(maker)));
    return text;
}

static const char *date(struct maker *maker)
{
    static char text[TEXT_MAX];

    (void)snprintf(text, sizeof(text), "%02u/%02u/%04u", 1 + draw(maker) % 28, 1 + draw(maker) % 12,
                   1950 + draw(maker) % 50);
    return text;
}

static void labels_left(struct maker *maker)
{
    static const char *const names[] = {"Janvier",   "Février", "Mars",     "Avril",
                                        "Mai",       "Juin",    "Juillet",  "Août",
                                        "Septembre", "Octobre", "Novembre", "Décembre"};
    struct truth *truth = &maker->document->truth;
    unsigned months = 1 + draw(maker) % 12;

    put(maker, 180, "ATTESTATION DE DECLARATION DE SALAIRES");
    maker->y += 40;
    put(maker, 50, "N° Immatriculation :");
    put(maker, 200, fact(maker, "N° Immatriculation", number(maker, "8", 8)));
    maker->y += 16;
    put(maker, 50.6f, "Nom et prénom :"); /* bold, made by printing twice */
    put(maker, put(maker, 50, "Nom et prénom :") + 6,
        fact(maker, "Nom et prénom", full_name(maker)));
    put(maker, put(maker, 330, "Né(e) le:") + SPACE_WIDTH, fact(maker, "Né(e) le", date(maker)));
    maker->y += 16;
    { /* glued in one word */
        char text[TEXT_MAX];

        (void)snprintf(text, sizeof(text), "CIN:%s", fact(maker, "CIN", number(maker, "ZZ", 6)));
        put(maker, 50, text);
    }
    maker->y += 16;
    put(maker, 50, "Ville :");
    put(maker, 120,
        fact(maker, "Ville", draw(maker) % 10 ? "Casablanca" : PICK(cities, draw(maker))));
    maker->y += 30;
    put(maker, 50, "Mois");
    put(maker, 150, "Nombre de");
    put(maker, 230, "Salaire brut");
    put(maker, 350, "Employeur");
    maker->y += 11;
    put(maker, 155, "jours");
    truth->cell_count = 4;
    truth->header[0] = "Mois";
    truth->header[1] = "Nombre de jours";
    truth->header[2] = "Salaire brut";
    truth->header[3] = "Employeur";
    for (unsigned i = 0; i < months; i++) {
        char(*cell)[TEXT_MAX] = truth->cell[truth->line_count++];

        maker->y += 14;
        (void)snprintf(cell[0], TEXT_MAX, "%s 2024", names[i]);
        (void)snprintf(cell[1], TEXT_MAX, "%u", 1 + draw(maker) % 26);
        (void)snprintf(cell[2], TEXT_MAX, "%u,%02u", 2000 + draw(maker) % 9000, draw(maker) % 100);
        put(maker, 50, cell[0]);
        put(maker, 155, cell[1]);
        put(maker, 285 - width_of(slice_of(cell[2])), cell[2]);
        if (draw(maker) % 5 == 0) { /* a wrapped cell */
            (void)snprintf(cell[3], TEXT_MAX, "%s MAROC", PICK(companies, draw(maker)));
            cell[3][strlen(cell[3]) - 6] = '\0';
            put(maker, 350, cell[3]);
            cell[3][strlen(cell[3])] = ' ';
            maker->y += 12;
            put(maker, 350, "MAROC");
        } else {
            (void)snprintf(cell[3], TEXT_MAX, "%s", PICK(companies, draw(maker)));
            put(maker, 350, cell[3]);
        }
    }
    maker->y += 40;
    put(maker, 50, "Document établi pour servir et valoir ce que de droit");
}

static void labels_above(struct maker *maker)
{
    put(maker, 200, "FICHE ENTREPRISE");
    maker->y += 40;
    put(maker, 60, "Numéro d'affiliation");
    put(maker, 320, "Raison sociale");
    maker->y += 14;
    put(maker, 60, fact(maker, "Numéro d'affiliation", number(maker, "9", 6)));
    put(maker, 320, fact(maker, "Raison sociale", PICK(companies, draw(maker))));
    maker->y += 30;
    put(maker, 60, "Identifiant fiscal");
    put(maker, 320, "Téléphone");
    maker->y += 14;
    put(maker, 60, fact(maker, "Identifiant fiscal", number(maker, "", 8)));
    put(maker, 320, fact(maker, "Téléphone", number(maker, "+999 6", 8)));
    maker->y += 30;
    put(maker, 60, "Adresse du siège");
    put(maker, 320, "Date de création");
    maker->y += 14;
    put(maker, 60, fact(maker, "Adresse du siège", PICK(cities, draw(maker))));
    put(maker, 320, fact(maker, "Date de création", date(maker)));
}

static void bilingual_line(struct maker *maker, const char *label, const char *right,
                           const char *value)
{
    put(maker, 50, label);
    put(maker, 180, value);
    put_rtl(maker, 540, right);
    maker->y += 18;
}

static void bilingual(struct maker *maker)
{
    put(maker, 100, "CARTE D'ASSURE SOCIAL");
    maker->y += 40;
    bilingual_line(maker, "Nom :", "الاسم العائلي",
                   fact(maker, "Nom", PICK(families, draw(maker))));
    bilingual_line(maker, "Prénom :", "الاسم الشخصي",
                   fact(maker, "Prénom", PICK(givens, draw(maker))));
    bilingual_line(maker, "Numéro :", "رقم التسجيل", fact(maker, "Numéro", number(maker, "8", 8)));
    bilingual_line(maker, "Date de naissance :", "تاريخ الازدياد",
                   fact(maker, "Date de naissance", date(maker)));
    bilingual_line(maker, "Employeur :", "المشغل",
                   fact(maker, "Employeur", PICK(companies, draw(maker))));
}

static void list_header(struct maker *maker)
{
    put(maker, 50, "Matricule");
    put(maker, 150, "Nom complet");
    put(maker, 320, "Date naissance");
    put(maker, 450, "Ville");
}

static void list_of_persons(struct maker *maker)
{
    bool repeats_header = draw(maker) % 2;
    struct truth *truth = &maker->document->truth;
    unsigned rows = 2 + draw(maker) % (LINES_MAX - 2);

    put(maker, 150, "LISTE NOMINATIVE DES SALARIES");
    maker->y += 30;
    put(maker, put(maker, 50, "Affiliation :") + 10,
        fact(maker, "Affiliation", number(maker, "9", 6)));
    put(maker, put(maker, 330, "Période :") + 10, fact(maker, "Période", number(maker, "0", 1)));
    maker->y += 30;
    list_header(maker);
    truth->cell_count = 4;
    truth->header[0] = "Matricule";
    truth->header[1] = "Nom complet";
    truth->header[2] = "Date naissance";
    truth->header[3] = "Ville";
    for (unsigned i = 0; i < rows; i++) {
        char(*cell)[TEXT_MAX] = truth->cell[truth->line_count++];

        if (i > 0 && i % LIST_ROWS == 0) {
            maker->y = 800;
            put(maker, 280, "Page suivante");
            new_page(maker);
            if (repeats_header)
                list_header(maker);
        }
        maker->y += 15;
        (void)snprintf(cell[0], TEXT_MAX, "%s", number(maker, "8", 8));
        (void)snprintf(cell[1], TEXT_MAX, "%s", full_name(maker));
        (void)snprintf(cell[2], TEXT_MAX, "%s", date(maker));
        (void)snprintf(cell[3], TEXT_MAX, "%s", PICK(cities, draw(maker)));
        put(maker, 50, cell[0]);
        put(maker, 150, cell[1]);
        put(maker, 320, cell[2]);
        put(maker, 450, cell[3]);
    }
}

static void letter(struct maker *maker)
{
    unsigned lines = 4 + draw(maker) % 12;

    for (unsigned i = 0; i < lines; i++) {
        float x = 50 + (float)(draw(maker) % 60);

        while (x < 450)
            x = put(maker, x, PICK(prose, draw(maker))) + SPACE_WIDTH + (float)(draw(maker) % 7);
        maker->y += 15;
    }
}

static void arabic_form(struct maker *maker)
{
    static const char *const agencies[] = {"الرباط أكدال", "فاس", "وجدة المركز", "أكادير", "آسفي"};
    struct truth *truth = &maker->document->truth;
    unsigned months = 1 + draw(maker) % 9;

    put_rtl(maker, 400, "شهادة التصريح بالأجور");
    maker->y += 40;
    put_rtl(maker, put_rtl(maker, 540, "الاسم الكامل :") - 8,
            fact(maker, "الاسم الكامل", PICK(arabic, draw(maker))));
    put_rtl(maker, put_rtl(maker, 280, "المدينة :") - 8,
            fact(maker, "المدينة", draw(maker) % 2 ? "الرباط" : "فاس الجديدة"));
    maker->y += 18;
    put_rtl(maker, put_rtl(maker, 540, "رقم التسجيل :") - 8,
            fact(maker, "رقم التسجيل", number(maker, "8", 8)));
    put_rtl(maker, put_rtl(maker, 280, "تاريخ الازدياد :") - 8,
            fact(maker, "تاريخ الازدياد", date(maker)));
    maker->y += 18;
    put_rtl(maker, put_rtl(maker, 540, "المشغل :") - 8,
            fact(maker, "المشغل", draw(maker) % 2 ? "شركة الأطلس للنسيج" : "فنادق الواحة"));
    maker->y += 30;
    put_rtl(maker, 540, "الشهر");
    put_rtl(maker, 420, "عدد الأيام");
    put_rtl(maker, 300, "الأجر الخام");
    put_rtl(maker, 180, "الوكالة");
    truth->cell_count = 4;
    truth->header[0] = "الشهر";
    truth->header[1] = "عدد الأيام";
    truth->header[2] = "الأجر الخام";
    truth->header[3] = "الوكالة";
    for (unsigned i = 0; i < months; i++) {
        char(*cell)[TEXT_MAX] = truth->cell[truth->line_count++];

        maker->y += 14;
        (void)snprintf(cell[0], TEXT_MAX, "%02u/2024", i + 1);
        (void)snprintf(cell[1], TEXT_MAX, "%u", 1 + draw(maker) % 26);
        (void)snprintf(cell[2], TEXT_MAX, "%u,%02u", 2000 + draw(maker) % 9000, draw(maker) % 100);
        (void)snprintf(cell[3], TEXT_MAX, "%s", PICK(agencies, draw(maker)));
        put_rtl(maker, 540, cell[0]);
        put_rtl(maker, 420, cell[1]);
        put_rtl(maker, 300, cell[2]);
        put_rtl(maker, 180, cell[3]);
    }
}

/* Running text with a ragged edge: lines break where they are full. */
static void flow(struct maker *maker, float *x, const char *text)
{
    struct slice rest = slice_of(text), word;

    while (text_next_word(&rest, &word)) {
        if (*x + width_of(word) > 520) {
            *x = 50;
            maker->y += 14;
        }
        put_word(maker, *x, word);
        *x += width_of(word) + SPACE_WIDTH;
    }
}

static void sentence(struct maker *maker)
{
    float x = 50;

    put(maker, 220, "CERTIFICAT DE TRAVAIL");
    maker->y += 40;
    flow(maker, &x, "Nous soussignés, direction des ressources humaines, certifions que");
    flow(maker, &x, fact(maker, "certifions que", full_name(maker)));
    flow(maker, &x, "titulaire de la carte nationale numéro");
    flow(maker, &x, fact(maker, "carte nationale numéro", number(maker, "ZZ", 6)));
    flow(maker, &x, "et immatriculé à la caisse sous le numéro");
    flow(maker, &x, fact(maker, "sous le numéro", number(maker, "8", 8)));
    flow(maker, &x, "est employé par notre société depuis la date du");
    flow(maker, &x, fact(maker, "la date du", date(maker)));
    flow(maker, &x, "en qualité de salarié permanent avec un contrat à durée indéterminée.");
}

/* Two labels in two scripts, with one value under the left one, which may need a second line. */
static void two_scripts(struct maker *maker, float left, const char *label, const char *other,
                        const char *value, const char *rest)
{
    float y = maker->y;

    put(maker, left, label);
    put_rtl(maker, left + 210, other);
    maker->y += 13;
    put(maker, left, value);
    maker->y += 12;
    if (rest)
        put(maker, left, rest);
    maker->y = y;
}

static void statement(struct maker *maker)
{
    struct truth *truth = &maker->document->truth;
    unsigned months = 1 + draw(maker) % 9, days = 0;
    bool wraps = draw(maker) % 3 == 0;
    static const char rest[] = "Residence Nour Apt 7";
    char address[TEXT_MAX / 2], whole[TEXT_MAX], total[TEXT_MAX];

    put(maker, 60, "RELEVE DES SALAIRES");
    maker->y += 40;
    two_scripts(maker, 60, "NOM ET PRENOM", "الاسم الكامل",
                fact(maker, "NOM ET PRENOM", full_name(maker)), NULL);
    two_scripts(maker, 320, "NUMERO ASSURE", "رقم المؤمن",
                fact(maker, "NUMERO ASSURE", number(maker, "8", 8)), NULL);
    maker->y += 38;
    (void)snprintf(address, sizeof(address), "%u %s", 1 + draw(maker) % 200,
                   PICK(companies, draw(maker)));
    (void)snprintf(whole, sizeof(whole), "%s%s%s", address, wraps ? " " : "", wraps ? rest : "");
    fact(maker, "ADRESSE", whole);
    two_scripts(maker, 60, "ADRESSE", "العنوان", address, wraps ? rest : NULL);
    two_scripts(maker, 320, "TELEPHONE", "الهاتف",
                fact(maker, "TELEPHONE", number(maker, "+999 6", 8)), NULL);
    maker->y += 38;
    two_scripts(maker, 60, "RIB", "الحساب البنكي", fact(maker, "RIB", number(maker, "", 24)), NULL);
    two_scripts(maker, 320, "VILLE", "المدينة", fact(maker, "VILLE", PICK(cities, draw(maker))),
                NULL);
    maker->y += 26;
    put_rtl(maker, 530, fact(maker, "free", PICK(arabic, draw(maker))));
    maker->y += 26;
    put(maker, 60, "MOIS");
    put(maker, 150, "RAISON SOCIALE");
    put(maker, 480, "NB JOURS");
    truth->cell_count = 3;
    truth->header[0] = "MOIS";
    truth->header[1] = "RAISON SOCIALE";
    truth->header[2] = "NB JOURS";
    for (unsigned i = 0; i < months; i++) {
        char(*cell)[TEXT_MAX] = truth->cell[truth->line_count++];
        unsigned worked = 10 + draw(maker) % 16;

        maker->y += 14;
        days += worked;
        (void)snprintf(cell[0], TEXT_MAX, "%02u/2024", i + 1);
        (void)snprintf(cell[1], TEXT_MAX, "%s", PICK(companies, draw(maker)));
        (void)snprintf(cell[2], TEXT_MAX, "%u", worked);
        put(maker, 60, cell[0]);
        put(maker, 150, cell[1]);
        put(maker, 490, cell[2]);
    }
    maker->y += 18;
    (void)snprintf(total, sizeof(total), "%u", days);
    put(maker, 60, "TOTAL");
    put(maker, 490, fact(maker, "TOTAL", total));
}

void synthetic_make(struct synthetic *document, enum kind kind, unsigned seed)
{
    static void (*const makers[KIND_COUNT])(struct maker *) = {
        labels_left, labels_above, bilingual, list_of_persons,
        letter,      arabic_form,  sentence,  statement};
    struct maker maker = {.document = document, .state = seed * 1000003u + (unsigned)kind};

    *document = (struct synthetic){.truth.kind = kind};
    document->shift = (float)(draw(&maker) % 11) - 5;
    new_page(&maker);
    makers[kind](&maker);
}

void synthetic_clear(struct synthetic *document)
{
    for (uint32_t p = 0; p < document->page_count; p++) {
        free(document->words[p]);
        free(document->text[p]);
    }
    *document = (struct synthetic){0};
}
