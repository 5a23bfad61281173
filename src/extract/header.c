/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/header.h"

#include <string.h>

#include "extract/dialect.h"

#define WORD_BYTES_MAX      64
#define HEADER_ROWS_MAX     3
#define GROUPED_ROWS_MIN    4u /* two of names, two of values to tell them from */
#define GROUPED_COLUMNS_MIN 3u
#define OTHER_ROWS_MIN      5 /* below a first cell of another kind, before that says anything */

#define NUMBER_DIGITS_MAX 4  /* of a column's number */
#define NUMBERED_MIN      3u /* columns: two values may follow each other by chance */
#define BARE_NUMBERS_MIN  5u /* where the names are numbers alone */

/* Words that head columns, folded to lower case. A hint among others: never decides alone. */
static const char *const header_words[] = {
    "id",           "no",
    "num",          "numero",
    "numéro",       "number",
    "nr",           "n°",
    "nº",           "code",
    "ref",          "reference",
    "référence",    "key",
    "type",         "status",
    "statut",       "etat",
    "état",         "state",
    "name",         "names",
    "nom",          "noms",
    "prenom",       "prénom",
    "prenoms",      "prénoms",
    "first",        "last",
    "firstname",    "lastname",
    "fname",        "lname",
    "given",        "family",
    "surname",      "fullname",
    "middle",       "date",
    "dates",        "dob",
    "ddn",          "birth",
    "naissance",    "birthday",
    "birthdate",    "email",
    "e-mail",       "mail",
    "courriel",     "phone",
    "tel",          "tél",
    "telephone",    "téléphone",
    "mobile",       "gsm",
    "fax",          "adresse",
    "address",      "street",
    "rue",          "ville",
    "city",         "town",
    "zip",          "postal",
    "cp",           "zipcode",
    "postcode",     "country",
    "pays",         "region",
    "région",       "province",
    "gender",       "sexe",
    "sex",          "genre",
    "age",          "âge",
    "salaire",      "salary",
    "wage",         "montant",
    "amount",       "prix",
    "price",        "solde",
    "balance",      "rib",
    "iban",         "bic",
    "account",      "compte",
    "bank",         "banque",
    "cin",          "cnie",
    "cni",          "nin",
    "ssn",          "nss",
    "immat",        "immatriculation",
    "matricule",    "affiliation",
    "affilie",      "affilié",
    "affil",        "employeur",
    "employer",     "company",
    "societe",      "société",
    "entreprise",   "raison",
    "ice",          "passport",
    "passeport",    "user",
    "username",     "login",
    "password",     "hash",
    "salt",         "ip",
    "url",          "website",
    "created",      "updated",
    "modified",     "time",
    "timestamp",    "year",
    "annee",        "année",
    "month",        "mois",
    "jours",        "days",
    "comment",      "commentaire",
    "notes",        "description",
    "label",        "libelle",
    "libellé",      "title",
    "titre",        "civilite",
    "civilité",     "profession",
    "job",          "department",
    "departement",  "département",
    "service",      "fonction",
    "grade",        "category",
    "categorie",    "catégorie",
    "nationalite",  "nationalité",
    "nationality",  "language",
    "langue",       "situation",
    "enfants",      "children",
    "count",        "quantity",
    "debut",        "début",
    "fin",          "start",
    "end",          "agence",
    "agency",       "branch",
    "value",        "valeur",
    "nombre",       "apellido",
    "apellidos",    "fecha",
    "telefono",     "teléfono",
    "documento",    "cedula",
    "dni",          "sexo",
    "edad",         "direccion",
    "dirección",    "ciudad",
    "pais",         "correo",
    "vorname",      "nachname",
    "strasse",      "straße",
    "ort",          "plz",
    "geschlecht",   "telefon",
    "datum",        "betrag",
    "geburtsdatum", "cognome",
    "nome",         "indirizzo",
    "codice",       "cpf",
    "endereco",     "endereço",
    "ad",           "soyad",
    "adres",        "dogum",
    "naam",         "voornaam",
    "achternaam",   "имя",
    "фамилия",      "телефон",
    "дата",         "адрес",
    "الاسم",        "اسم",
    "النسب",        "اللقب",
    "الرقم",        "رقم",
    "تاريخ",        "الهاتف",
    "هاتف",         "العنوان",
    "عنوان",        "البريد",
    "المدينة",      "الجنس",
    "المبلغ",       "الأجر",
    "الراتب",       "الشركة",
    "المؤسسة",      "الحساب",
    "البطاقة",      "الازدياد",
    "الميلاد",
};

static const char *const total_words[] = {
    "total",    "totaux",    "total general", "total général", "sous-total", "sous total",
    "subtotal", "sub-total", "grand total",   "somme",         "sum",        "totale",
    "summe",    "gesamt",    "gesamtsumme",   "suma",          "soma",       "toplam",
    "итого",    "المجموع",   "مجموع",         "الإجمالي",      "الاجمالي",   "totals",
};

/* Lower case for ASCII, the Latin-1 letters and Cyrillic capitals, in UTF-8, in place. */
static void fold_case(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c >= 'A' && c <= 'Z') {
            text[i] = (char)(c | 32);
        } else if (c == 0xC3 && i + 1 < length) {
            unsigned char next = (unsigned char)text[i + 1];

            if (next >= 0x80 && next <= 0x9E && next != 0x97)
                text[i + 1] = (char)(next + 0x20);
            i++;
        }
    }
}

static bool in_list(const char *const *words, size_t count, struct slice word)
{
    char folded[WORD_BYTES_MAX];

    if (word.length == 0 || word.length > sizeof(folded))
        return false;
    memcpy(folded, word.data, word.length);
    fold_case(folded, word.length);
    for (size_t i = 0; i < count; i++) {
        if (slice_is(slice_make(folded, word.length), words[i]))
            return true;
    }
    return false;
}

static bool is_header_word(struct slice word)
{
    return in_list(header_words, sizeof(header_words) / sizeof(header_words[0]), word);
}

static bool is_word_byte(char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || (unsigned char)c >= 0x80;
}

/* 4 if the whole is a word that heads columns, 2 if a part is, else 0. */
static int lexicon_points(struct slice text)
{
    size_t start = 0;

    if (is_header_word(text))
        return 4;
    for (size_t i = 0; i <= text.length; i++) {
        bool inside = i < text.length && is_word_byte(text.data[i]);

        if (!inside && i > start && is_header_word(slice_make(text.data + start, i - start)))
            return 2;
        if (!inside)
            start = i + 1;
    }
    return 0;
}

/* How a text is spelt, coarsely: which of capitals, small letters, digits, spaces, underscores. */
static unsigned spelling(struct slice text)
{
    unsigned bits = 0;

    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];

        if (c >= 'A' && c <= 'Z')
            bits |= i == 0 ? 1 : 2;
        else if (c >= 'a' && c <= 'z')
            bits |= 4;
        else if (c >= '0' && c <= '9')
            bits |= 8;
        else if (c == '_')
            bits |= 16;
        else if ((unsigned char)c >= 0xD8 && (unsigned char)c <= 0xDB)
            bits |= 32; /* Arabic */
    }
    return bits;
}

static bool has_digit(struct slice text)
{
    return (spelling(text) & 8) != 0;
}

/* What the rows below the first hold in one column. */
struct column_facts {
    uint32_t filled, digits, same_as_first, same_spelling, same_shape;
    size_t shortest, longest;
};

static struct slice cell_at(const struct row_sample *sample, uint32_t row, uint32_t column)
{
    const struct row_cell *cell = &sample->cells[(size_t)row * sample->columns + column];

    return slice_trim(slice_make(cell->text, cell->length));
}

/* Whether a whole row says the same as the first: a header that is repeated. */
static bool repeats_first(const struct row_sample *sample, uint32_t row)
{
    for (uint32_t column = 0; column < sample->columns; column++) {
        if (!slice_equal(cell_at(sample, row, column), cell_at(sample, 0, column)))
            return false;
    }
    return true;
}

static struct column_facts gather(const struct row_sample *sample, const bool *repeated,
                                  uint32_t column)
{
    struct slice first = cell_at(sample, 0, column);
    struct column_facts facts = {.shortest = SIZE_MAX};
    enum value_shape shape = value_shape(first);
    unsigned spelt = spelling(first);

    for (uint32_t row = 1; row < sample->rows; row++) {
        struct slice cell = cell_at(sample, row, column);

        if (cell.length == 0 || repeated[row])
            continue;
        facts.filled++;
        facts.digits += has_digit(cell);
        facts.same_as_first += slice_equal(cell, first);
        facts.same_spelling += spelling(cell) == spelt;
        facts.same_shape += value_shape(cell) == shape;
        if (cell.length < facts.shortest)
            facts.shortest = cell.length;
        if (cell.length > facts.longest)
            facts.longest = cell.length;
    }
    return facts;
}

/* The first cell holds digits: names of columns seldom do ("tel2", "2024-03"), values often. But
 * where no cell below is of its kind, it is no value of this column. */
static int digits_points(struct slice first, const struct column_facts *facts)
{
    enum value_shape shape = value_shape(first);
    bool is_value = shape == VALUE_NUMBER || shape == VALUE_DATE || shape == VALUE_EMAIL;

    if (facts->filled == 0)
        return is_value ? -2 : 0;
    if (facts->filled >= OTHER_ROWS_MIN && facts->same_shape == 0)
        return is_value ? 1 : 2;
    if (facts->same_shape * 10 >= facts->filled * 7)
        return is_value || facts->same_spelling * 2 > facts->filled ? -4 : -1;
    return is_value ? -2 : 0;
}

static int words_points(struct slice first, const struct column_facts *facts)
{
    int points = 0;

    if (facts->filled == 0)
        return 1;
    if (facts->digits * 10 >= facts->filled * 8)
        return facts->same_as_first ? 0 : 4;
    if (facts->same_as_first > 0)
        return facts->same_as_first * 10 > facts->filled * 9 ? -1 : -3;
    if (facts->filled >= 3 && facts->same_spelling * 10 <= facts->filled)
        points += 2;
    else if (facts->same_spelling * 10 >= facts->filled * 7)
        points -= 1;
    if (facts->filled >= 5 && (first.length < facts->shortest || first.length > facts->longest))
        points += 1;
    return points;
}

static int column_points(const struct row_sample *sample, const bool *repeated, uint32_t column)
{
    struct slice first = cell_at(sample, 0, column);
    struct column_facts facts = gather(sample, repeated, column);
    int points;

    if (first.length == 0)
        return facts.filled * 10 >= (sample->rows - 1) * 9 && sample->rows > 1 ? -1 : 0;
    if (value_shape(first) == VALUE_EMAIL)
        return -4;
    points = has_digit(first) ? digits_points(first, &facts) : words_points(first, &facts);
    if (facts.same_as_first == 0)
        points += lexicon_points(first);
    return points;
}

/* "champ 12" is "champ " and 12; false if no number of few digits is at the end. */
static bool split_number(struct slice cell, struct slice *out_word, uint32_t *out_number)
{
    size_t digits = 0;

    while (digits < cell.length && cell.data[cell.length - 1 - digits] >= '0'
           && cell.data[cell.length - 1 - digits] <= '9')
        digits++;
    if (digits == 0 || digits > NUMBER_DIGITS_MAX)
        return false;
    *out_word = slice_make(cell.data, cell.length - digits);
    *out_number = 0;
    for (size_t i = cell.length - digits; i < cell.length; i++)
        *out_number = *out_number * 10 + (uint32_t)(cell.data[i] - '0');
    return true;
}

/* "col1;col2;col3", or of five columns and more "0;1;2;3;4": names that a program gave, one behind
 * the other from 0 or 1. No row of values counts its columns. */
static bool numbers_columns(const struct row_sample *sample)
{
    struct slice word = {0};
    uint32_t start = 0;

    for (uint32_t column = 0; column < sample->columns; column++) {
        struct slice own;
        uint32_t number;

        if (!split_number(cell_at(sample, 0, column), &own, &number))
            return false;
        if (column == 0) {
            word = own;
            start = number;
        }
        if (start > 1 || number != start + column || !slice_equal(own, word))
            return false;
    }
    return sample->columns >= (word.length > 0 ? NUMBERED_MIN : BARE_NUMBERS_MIN);
}

static bool is_first_of(const struct row_sample *sample)
{
    bool repeated[HEADER_SAMPLE_ROWS] = {false};
    uint32_t others = 0;
    int points = 0;

    if (sample->rows == 0)
        return false;
    for (uint32_t row = 1; row < sample->rows; row++) {
        repeated[row] = repeats_first(sample, row);
        others += !repeated[row];
    }
    if (others == 0 && sample->rows > 1)
        return false; /* the same row over and over is no header of itself */
    if (numbers_columns(sample))
        return true;
    for (uint32_t column = 0; column < sample->columns; column++)
        points += column_points(sample, repeated, column);
    return points > 0;
}

bool header_is_first(const struct row_sample *sample)
{
    struct row_sample top = *sample;

    if (top.rows > HEADER_SAMPLE_ROWS)
        top.rows = HEADER_SAMPLE_ROWS; /* names from a comment stand above a full sample */
    return is_first_of(&top);
}

/* Whether row `row` is words only, and stands above at least two columns of digits. */
static bool continues_header(const struct row_sample *sample, uint32_t row)
{
    uint32_t over_digits = 0;

    for (uint32_t column = 0; column < sample->columns; column++) {
        uint32_t filled = 0, digits = 0;
        struct slice cell = cell_at(sample, row, column);

        if (has_digit(cell))
            return false;
        for (uint32_t below = row + 1; below < sample->rows; below++) {
            filled += cell_at(sample, below, column).length > 0;
            digits += has_digit(cell_at(sample, below, column));
        }
        if (digits == 0 || digits * 10 < filled * 9)
            continue;
        if (cell.length == 0)
            return false;
        over_digits++;
    }
    return over_digits >= 2 && row + 2 < sample->rows;
}

/*
 * Whether row `row` fills the holes that the header leaves: ",,Air,Rail" below "Date,To,Travel,".
 * Nothing of it stands below a name that is one of a single column.
 */
static bool fills_header(const struct row_sample *sample, uint32_t row)
{
    uint32_t filled = 0;

    for (uint32_t column = 0; column < sample->columns; column++) {
        struct slice cell = cell_at(sample, row, column);
        bool is_hole = cell_at(sample, 0, column).length == 0;
        bool is_span = column + 1 < sample->columns && cell_at(sample, 0, column + 1).length == 0;

        if (cell.length == 0)
            continue;
        if (has_digit(cell) || (!is_hole && !is_span))
            return false;
        filled += is_hole;
    }
    return filled > 0 && row + 1 < sample->rows;
}

/* Whether a group begins in a column of the first row: other names stand below it. */
static bool begins_group(const struct row_sample *sample, uint32_t column)
{
    struct slice above = cell_at(sample, 0, column), below = cell_at(sample, 1, column);

    return above.length > 0 && below.length > 0 && !slice_equal(above, below);
}

/* Whether the name above a column stands over the next one too. */
static bool is_wide_group(const struct row_sample *sample, uint32_t column)
{
    return column + 1 < sample->columns && cell_at(sample, 0, column + 1).length == 0
           && cell_at(sample, 1, column + 1).length > 0;
}

bool header_is_grouped(const struct row_sample *sample)
{
    const struct row_sample names = {sample->rows - 1, sample->columns,
                                     sample->cells + sample->columns};
    uint32_t filled = 0, groups = 0;

    if (sample->rows < GROUPED_ROWS_MIN || sample->columns < GROUPED_COLUMNS_MIN)
        return false;
    for (uint32_t column = 0; column < sample->columns; column++) {
        struct slice group = cell_at(sample, 0, column), name = cell_at(sample, 1, column);

        if (has_digit(group) || group.length > WORD_BYTES_MAX || has_digit(name)
            || (name.length == 0 && group.length == 0))
            return false;
        filled += group.length > 0;
        if (!begins_group(sample, column))
            continue;
        if (!is_wide_group(sample, column)) /* a name in two lines: "birth" above "date" */
            return false;
        groups++;
    }
    return filled >= 2 && groups > 0 && header_is_first(&names);
}

struct slice header_group(const struct row_sample *sample, uint32_t column)
{
    uint32_t first = column;

    while (first > 0 && cell_at(sample, 0, first).length == 0)
        first--;
    if (first < column && !begins_group(sample, first))
        return (struct slice){0};
    return cell_at(sample, 0, first);
}

uint32_t header_rows(const struct row_sample *sample)
{
    uint32_t rows = 1;

    if (header_is_grouped(sample))
        return 2;
    if (!header_is_first(sample))
        return 0;
    while (rows < HEADER_ROWS_MAX && rows < sample->rows
           && (continues_header(sample, rows) || (rows == 1 && fills_header(sample, rows))))
        rows++;
    return rows;
}

static uint32_t filled_cells(const struct row_sample *sample, uint32_t row)
{
    uint32_t filled = 0;

    for (uint32_t column = 0; column < sample->columns; column++)
        filled += cell_at(sample, row, column).length > 0;
    return filled;
}

uint32_t header_titles(const struct row_sample *sample)
{
    for (uint32_t row = 0; row <= HEADER_TITLES_MAX && row + 1 < sample->rows; row++) {
        struct row_sample rest = {.rows = sample->rows - row,
                                  .columns = sample->columns,
                                  .cells = sample->cells + (size_t)row * sample->columns};

        if (header_is_grouped(&rest))
            return row;
        if (filled_cells(sample, row) * 2 > sample->columns)
            return header_is_first(&rest) ? row : 0;
    }
    return 0;
}

static bool is_amount(struct slice cell)
{
    return value_shape(cell) == VALUE_NUMBER
           || (has_digit(cell) && (spelling(cell) & (1 | 2 | 4)) == 0);
}

/* The first word of a text, without the signs behind it. */
static struct slice first_word(struct slice text)
{
    size_t length = 0;

    while (length < text.length && !strchr(" :.\t", text.data[length]))
        length++;
    return slice_make(text.data, length);
}

bool header_is_total(const struct row_cell *cells, size_t count)
{
    struct slice text = {0};
    size_t empty = 0, words = 0;

    for (size_t i = 0; i < count; i++) {
        struct slice cell = slice_trim(slice_make(cells[i].text, cells[i].length));

        empty += cell.length == 0;
        if (text.length == 0)
            text = cell;
        else if (cell.length > 0)
            words += !is_amount(cell);
    }
    if (count < 2 || empty == 0)
        return false;
    while (text.length > 0 && strchr(" :.", text.data[text.length - 1]))
        text.length--;
    if (in_list(total_words, sizeof(total_words) / sizeof(total_words[0]), text))
        return true;
    /* "Total page 3" and sums, and little else */
    return empty * 2 >= count && empty + 1 < count && words == 0
           && in_list(total_words, sizeof(total_words) / sizeof(total_words[0]), first_word(text));
}
