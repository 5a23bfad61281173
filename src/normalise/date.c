/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "normalise/date.h"

#include "base/moment.h"
#include "normalise/hijri.h"
#include "normalise/plain.h"
#include "normalise/text.h"
#include "normalise/text_short.h"

#define YEAR_MIN        1800
#define YEAR_MAX        2200
#define SERIAL_MAX      109939 /* 2200-12-31 */
#define SERIAL_OF_EPOCH 25569  /* 1970-01-01 */
#define DAY_SECONDS     86400
#define STAMP_DIGITS    8  /* fewer: days; 1970-04-26 is the first that has so many */
#define MILLI_DIGITS    12 /* from here on thousandths: the year 5138 has 11 digits */
#define STAMP_MAX       14 /* digits */
#define PARTS_MAX       3
#define LATIN_LETTERS   3 /* of a month name that are enough, if no other begins so */

/* Folded names; several languages share most of them. */
static const struct {
    char name[23];
    unsigned char month;
} months[] = {
    /* clang-format off */
    {"janvier", 1}, {"january", 1}, {"enero", 1}, {"ene", 1}, {"يناير", 1}, {"جانفي", 1},
    {"januar", 1}, {"ocak", 1}, {"styczen", 1}, {"stycznia", 1}, {"gennaio", 1}, {"janeiro", 1},
    {"januari", 1}, {"fevrier", 2}, {"february", 2}, {"febrero", 2}, {"فبراير", 2},
    {"فيفري", 2}, {"شباط", 2}, {"februar", 2}, {"subat", 2}, {"luty", 2}, {"lutego", 2},
    {"febbraio", 2}, {"fevereiro", 2}, {"februari", 2}, {"mars", 3}, {"march", 3}, {"marzo", 3},
    {"مارس", 3}, {"اذار", 3}, {"marz", 3}, {"maerz", 3}, {"mart", 3}, {"marzec", 3},
    {"marca", 3}, {"marco", 3}, {"maart", 3}, {"avril", 4}, {"april", 4}, {"abril", 4},
    {"ابريل", 4}, {"افريل", 4}, {"نيسان", 4}, {"nisan", 4}, {"kwiecien", 4}, {"kwietnia", 4},
    {"aprile", 4}, {"mai", 5}, {"may", 5}, {"mayo", 5}, {"ماي", 5}, {"مايو", 5}, {"ايار", 5},
    {"mayis", 5}, {"maj", 5}, {"maja", 5}, {"maggio", 5}, {"maio", 5}, {"mei", 5}, {"juin", 6},
    {"june", 6}, {"junio", 6}, {"يونيو", 6}, {"يونيه", 6}, {"جوان", 6}, {"حزيران", 6},
    {"juni", 6}, {"haziran", 6}, {"czerwiec", 6}, {"czerwca", 6}, {"giugno", 6}, {"junho", 6},
    {"juillet", 7}, {"july", 7}, {"julio", 7}, {"يوليوز", 7}, {"يوليو", 7}, {"يوليه", 7},
    {"جويليه", 7}, {"تموز", 7}, {"juli", 7}, {"temmuz", 7}, {"lipiec", 7}, {"lipca", 7},
    {"luglio", 7}, {"julho", 7}, {"aout", 8}, {"august", 8}, {"agosto", 8}, {"غشت", 8},
    {"اوت", 8}, {"اغسطس", 8}, {"اب", 8}, {"agustos", 8}, {"sierpien", 8}, {"sierpnia", 8},
    {"augustus", 8}, {"augusti", 8}, {"septembre", 9}, {"september", 9}, {"septiembre", 9},
    {"setiembre", 9}, {"شتنبر", 9}, {"سبتمبر", 9}, {"ايلول", 9}, {"eylul", 9}, {"wrzesien", 9},
    {"wrzesnia", 9}, {"settembre", 9}, {"setembro", 9}, {"octobre", 10}, {"october", 10},
    {"octubre", 10}, {"اكتوبر", 10}, {"oktober", 10}, {"ekim", 10}, {"pazdziernik", 10},
    {"pazdziernika", 10}, {"ottobre", 10}, {"outubro", 10}, {"novembre", 11}, {"november", 11},
    {"noviembre", 11}, {"نونبر", 11}, {"نوفمبر", 11}, {"kasim", 11}, {"listopad", 11},
    {"listopada", 11}, {"novembro", 11}, {"decembre", 12}, {"december", 12}, {"diciembre", 12},
    {"دجنبر", 12}, {"ديسمبر", 12}, {"dezember", 12}, {"aralik", 12}, {"grudzien", 12},
    {"grudnia", 12}, {"dicembre", 12}, {"dezembro", 12},
    /* clang-format on */
};

#define MONTH_COUNT (sizeof(months) / sizeof(*months))

/* Words that may stand in a written date and say nothing: folded. */
static const char *const fillers[] = {
    "le",       "du",        "de",      "del",       "of",       "the",      "er",       "st",
    "nd",       "rd",        "th",      "lundi",     "mardi",    "mercredi", "jeudi",    "vendredi",
    "samedi",   "dimanche",  "lun",     "mar",       "mer",      "jeu",      "ven",      "sam",
    "dim",      "monday",    "tuesday", "wednesday", "thursday", "friday",   "saturday", "sunday",
    "mon",      "tue",       "wed",     "thu",       "fri",      "sat",      "sun",      "lunes",
    "martes",   "miercoles", "jueves",  "viernes",   "sabado",   "domingo",  "يوم",      "الاثنين",
    "الثلاثاء", "الاربعاء",  "الخميس",  "الجمعه",    "السبت",    "الاحد",
};

#define FILLER_COUNT (sizeof(fillers) / sizeof(*fillers))

/* Digits of a cell, cut into its parts, with what stands around them. */
struct parts {
    unsigned count; /* digit runs seen, at most PARTS_MAX */
    unsigned value[PARTS_MAX];
    unsigned width[PARTS_MAX]; /* digits of each */
};

/* Years of the Hijri calendar are of no other in use. */
static bool civil_days(int year, unsigned month, unsigned day, int64_t *out_days)
{
    if (year >= HIJRI_YEAR_MIN && year <= HIJRI_YEAR_MAX)
        return hijri_days(year, month, day, out_days);
    if (year < YEAR_MIN || year > YEAR_MAX || !civil_is_valid(year, month, day))
        return false;
    *out_days = days_from_civil(year, month, day);
    return true;
}

/* Four digits are a year, two are one of the hundred years from `first`; nothing else is. */
static int full_year(unsigned value, unsigned width, int first)
{
    int year = first - first % 100 + (int)value;

    if (width == 4)
        return (int)value;
    if (width > 2)
        return 0;
    return year < first ? year + 100 : year;
}

static bool days_of(const struct parts *parts, enum date_order order, int first, int64_t *out_days)
{
    static const unsigned char place[3][3] = {{2, 1, 0}, {2, 0, 1}, {0, 1, 2}}; /* y m d */
    unsigned y = place[order][0], m = place[order][1], d = place[order][2];

    if (parts->width[m] > 2 || parts->width[d] > 2 || parts->width[y] < 2)
        return false;
    return civil_days(full_year(parts->value[y], parts->width[y], first), parts->value[m],
                      parts->value[d], out_days);
}

static unsigned number_of(const char *digits, unsigned count)
{
    unsigned value = 0;

    for (unsigned i = 0; i < count; i++)
        value = value * 10 + (unsigned)(digits[i] - '0');
    return value;
}

/* Digits without separators: 8, 6, or 5 with the leading zero lost. */
static bool parse_compact(const char *digits, size_t length, enum date_order order, int first,
                          int64_t *out_days)
{
    struct parts parts = {.count = 3, .width = {2, 2, 2}};
    char padded[8] = "0";
    unsigned at = 0;

    if (length == 5) {
        memcpy(padded + 1, digits, 5);
        digits = padded;
        length = 6;
    }
    if (length == 8)
        parts.width[order == DATE_YMD ? 0 : 2] = 4;
    else if (length != 6)
        return false;
    for (unsigned i = 0; i < 3; i++) {
        parts.value[i] = number_of(digits + at, parts.width[i]);
        at += parts.width[i];
    }
    return days_of(&parts, order, first, out_days);
}

/* Nothing but what a time of day is written with. */
static bool is_time(const char *text)
{
    static const char marks[] = " :.,+-TtZzAaPpMmUuCcGgHh/";

    for (; *text; text++) {
        if (!plain_is_digit(*text) && !strchr(marks, *text))
            return false;
    }
    return true;
}

static size_t digit_run(const char *text)
{
    size_t length = 0;

    while (plain_is_digit(text[length]))
        length++;
    return length;
}

static bool is_separator(char c)
{
    return c == '/' || c == '-' || c == '.' || c == ' ' || c == '_' || c == ',' || c == '\''
           || c == '\\';
}

/* Up to three digit runs with separators between; *out_rest is what follows. */
static bool cut_parts(const char *text, struct parts *parts, const char **out_rest)
{
    parts->count = 0;
    while (parts->count < PARTS_MAX) {
        const char *start = text;
        size_t length;

        while (parts->count > 0 && is_separator(*text))
            text++;
        length = digit_run(text);
        if (length == 0 || length > 4) {
            *out_rest = start;
            return length == 0;
        }
        parts->value[parts->count] = number_of(text, (unsigned)length);
        parts->width[parts->count] = (unsigned)length;
        parts->count++;
        text += length;
        if (parts->count == PARTS_MAX && plain_is_digit(*text))
            return false;
    }
    *out_rest = text;
    return true;
}

static bool begins_time(const char *rest)
{
    return *rest == '\0'
           || ((*rest == ' ' || *rest == 'T' || *rest == 't' || *rest == ',') && is_time(rest));
}

static bool is_filler(struct slice word)
{
    for (size_t i = 0; i < FILLER_COUNT; i++) {
        if (fillers[i][0] == word.data[0] && slice_is(word, fillers[i]))
            return true;
    }
    return false;
}

unsigned date_month_of(struct slice word)
{
    bool is_latin = word.length >= LATIN_LETTERS && (unsigned char)word.data[0] < 0x80;
    unsigned found = 0;

    if (word.length < 2)
        return 0;
    for (size_t i = 0; i < MONTH_COUNT; i++) {
        struct slice name;

        if (months[i].name[0] != word.data[0] || months[i].name[1] != word.data[1])
            continue;
        name = slice_of(months[i].name);
        if (slice_equal(word, name))
            return months[i].month;
        if (is_latin && slice_starts(name, word)) {
            if (found != 0 && found != months[i].month)
                return 0; /* "jui" */
            found = months[i].month;
        }
    }
    return found;
}

/* The two Levantine names of two words: first and second Tishrin and Kanun. */
static unsigned levant_month(struct slice first, struct slice *rest)
{
    bool is_kanun = slice_is(first, "كانون");
    struct slice second, after = *rest;

    if ((!is_kanun && !slice_is(first, "تشرين")) || !text_next_word(&after, &second))
        return 0;
    if (slice_is(second, "الاول")) {
        *rest = after;
        return is_kanun ? 12 : 10;
    }
    if (slice_is(second, "الثاني")) {
        *rest = after;
        return is_kanun ? 1 : 11;
    }
    return 0;
}

/* Months of the Hijri calendar; some have two words. */
static unsigned hijri_month(struct slice first, struct slice *rest)
{
    static const struct {
        char first[12], second[17];
        unsigned char month;
    } names[] = {
        {"محرم", "", 1},        {"صفر", "", 2},         {"ربيع", "الاول", 3},
        {"ربيع", "الاخر", 4},   {"ربيع", "الثاني", 4},  {"جمادي", "الاولي", 5},
        {"جمادي", "الاول", 5},  {"جمادي", "الاخره", 6}, {"جمادي", "الثانيه", 6},
        {"جمادي", "الثاني", 6}, {"رجب", "", 7},         {"شعبان", "", 8},
        {"رمضان", "", 9},       {"شوال", "", 10},       {"ذو", "القعده", 11},
        {"ذي", "القعده", 11},   {"ذو", "الحجه", 12},    {"ذي", "الحجه", 12},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct slice after = *rest, second;

        if (!slice_is(first, names[i].first))
            continue;
        if (names[i].second[0] == '\0')
            return names[i].month;
        if (text_next_word(&after, &second) && slice_is(second, names[i].second)) {
            *rest = after;
            return names[i].month;
        }
    }
    return 0;
}

/* A date in words: where the month name stood among its numbers. */
struct written {
    struct parts parts;   /* the numbers: day and year, or year alone */
    unsigned month;       /* 0: no name seen */
    unsigned month_place; /* numbers before it */
};

static bool take_word(struct slice word, struct slice *rest, struct written *out)
{
    size_t digits = 0;

    while (digits < word.length && plain_is_digit(word.data[digits]))
        digits++;
    if (digits > 0) { /* "1er", "5th" */
        if (digits > 4 || out->parts.count == PARTS_MAX
            || (digits < word.length && !is_filler(slice_skip(word, digits))))
            return false;
        out->parts.value[out->parts.count] = number_of(word.data, (unsigned)digits);
        out->parts.width[out->parts.count++] = (unsigned)digits;
        return true;
    }
    if (out->month == 0) {
        unsigned month = date_month_of(word);

        /* "mar" is March after a day and Tuesday before one. */
        if (month == 3 && slice_is(word, "mar") && out->parts.count == 0) {
            struct slice ahead = *rest, next;

            if (text_next_word(&ahead, &next) && text_next_word(&ahead, &next)
                && date_month_of(next) != 0)
                month = 0;
        }
        if (month == 0)
            month = levant_month(word, rest);
        if (month == 0)
            month = hijri_month(word, rest);
        if (month != 0) {
            out->month = month;
            out->month_place = out->parts.count;
            return true;
        }
    }
    return is_filler(word);
}

/* `numbers` are wanted: 2 for a date, 1 for a month. What follows may be a time of day. */
static bool parse_written(struct slice cell, unsigned numbers, struct written *out)
{
    char memory[TEXT_SHORT_ROOM];
    struct slice rest = text_fold_short(cell, false, memory), word;

    *out = (struct written){.month = 0};
    while ((out->month == 0 || out->parts.count < numbers) && text_next_word(&rest, &word)) {
        if (!take_word(word, &rest, out))
            return false;
    }
    while (text_next_word(&rest, &word)) {
        if (!plain_is_digit(word.data[0]) && !slice_is(word, "am") && !slice_is(word, "pm"))
            return false;
    }
    return out->month != 0 && out->parts.count == numbers;
}

static bool date_in_words(struct slice cell, enum date_order order, int first, int64_t *out_days)
{
    static const unsigned char month_place[3] = {[DATE_DMY] = 1, [DATE_MDY] = 0, [DATE_YMD] = 1};
    struct written written;
    struct parts parts;

    if (!parse_written(cell, 2, &written) || written.month_place != month_place[order])
        return false;
    parts = written.parts; /* day and year, or year and day, with the month put between */
    parts.value[2] = parts.value[1];
    parts.width[2] = parts.width[1];
    parts.value[1] = written.month;
    parts.width[1] = 2;
    return days_of(&parts, order == DATE_YMD ? DATE_YMD : DATE_DMY, first, out_days);
}

/* "1445/05/12 هـ": what says that the year is one of the Hijri calendar. */
static struct slice without_era(struct slice cell)
{
    static const char *const eras[] = {"هـ", "ه", "AH"};

    cell = slice_trim(cell);
    for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++) {
        struct slice era = slice_of(eras[i]);

        if (cell.length > era.length
            && slice_equal(slice_skip(cell, cell.length - era.length), era))
            return slice_trim(slice_make(cell.data, cell.length - era.length));
    }
    return cell;
}

bool date_parse_from(struct slice cell, enum date_order order, int first, int64_t *out_days)
{
    struct plain plain;
    struct parts parts;
    const char *rest;
    size_t length;

    cell = without_era(cell);
    if (!plain_make(cell, &plain) || !plain.has_digits)
        return false;
    length = digit_run(plain.text);
    if (length >= 5 && length <= 8)
        return begins_time(plain.text + length)
               && parse_compact(plain.text, length, order, first, out_days);
    if (length == 14 && plain.text[length] == '\0') /* 20240305000000 */
        return parse_compact(plain.text, 8, order, first, out_days);
    if (cut_parts(plain.text, &parts, &rest) && parts.count == 3 && begins_time(rest))
        return days_of(&parts, order, first, out_days);
    return plain.has_letters && date_in_words(cell, order, first, out_days);
}

bool date_parse(struct slice cell, enum date_order order, int64_t *out_days)
{
    return date_parse_from(cell, order, SHORT_YEARS_FROM, out_days);
}

static bool month_of(unsigned year, unsigned year_width, unsigned month, int first,
                     int64_t *out_month)
{
    int full = full_year(year, year_width, first);

    if (year_width < 2 || full < YEAR_MIN || full > YEAR_MAX || month < 1 || month > 12)
        return false;
    *out_month = month_number(full, month);
    return true;
}

/* A full date stands for its month if it is the month's first or last day. */
static bool month_of_date(struct slice cell, bool year_first, int first, int64_t *out_month)
{
    int64_t days;
    int year, next_year;
    unsigned month, day, next_month, next_day;

    if (!date_parse_from(cell, year_first ? DATE_YMD : DATE_DMY, first, &days))
        return false;
    civil_from_days((int32_t)days, &year, &month, &day);
    civil_from_days((int32_t)days + 1, &next_year, &next_month, &next_day);
    if (day != 1 && next_month == month)
        return false;
    *out_month = month_number(year, month);
    return true;
}

static bool month_in_words(struct slice cell, bool year_first, int first, int64_t *out_month)
{
    struct written written;

    if (!parse_written(cell, 1, &written) || (written.month_place == 1) != year_first)
        return false;
    return month_of(written.parts.value[0], written.parts.width[0], written.month, first,
                    out_month);
}

/* "1984-03", or with a day that is not known: "1984-03-00", "00/03/1984". */
static bool month_of_parts(const struct parts *parts, bool year_first, int first,
                           int64_t *out_month)
{
    unsigned y = year_first ? 0 : parts->count - 1, m = parts->count == 2 ? 1 - y : 1;

    if (parts->count < 2 || parts->width[m] > 2
        || (parts->count == 3 && parts->value[year_first ? 2 : 0] != 0))
        return false;
    return month_of(parts->value[y], parts->width[y], parts->value[m], first, out_month);
}

bool date_parse_month_alone(struct slice cell, bool year_first, int first, int64_t *out_month)
{
    struct plain plain;
    struct parts parts;
    const char *rest;

    if (!plain_make(cell, &plain) || !plain.has_digits)
        return false;
    if (plain.has_letters && month_in_words(cell, year_first, first, out_month))
        return true;
    if (plain.length == 6 && digit_run(plain.text) == 6)
        return year_first ? month_of(number_of(plain.text, 4), 4, number_of(plain.text + 4, 2),
                                     first, out_month)
                          : month_of(number_of(plain.text + 2, 4), 4, number_of(plain.text, 2),
                                     first, out_month);
    if (plain.length == 5 && digit_run(plain.text) == 5 && !year_first) /* 32024: March */
        return month_of(number_of(plain.text + 1, 4), 4, number_of(plain.text, 1), first,
                        out_month);
    return cut_parts(plain.text, &parts, &rest) && *rest == '\0'
           && month_of_parts(&parts, year_first, first, out_month);
}

bool date_parse_month_from(struct slice cell, bool year_first, int first, int64_t *out_month)
{
    int64_t year;

    if (date_parse_month_alone(cell, year_first, first, out_month))
        return true;
    if (year_first && date_parse_year(cell, &year)) {
        *out_month = month_number((int)year, 1);
        return true;
    }
    return month_of_date(cell, year_first, first, out_month);
}

bool date_parse_month(struct slice cell, bool year_first, int64_t *out_month)
{
    return date_parse_month_from(cell, year_first, SHORT_YEARS_FROM, out_month);
}

/* "-315619200", "1718445600000": the day whose midnight is nearest. */
static bool days_of_stamp(const char *text, int64_t *out_days)
{
    bool is_negative = *text == '-';
    const char *digits = text + is_negative;
    size_t length = digit_run(digits);
    int64_t stamp = 0, days;

    if (length < STAMP_DIGITS || length > STAMP_MAX || digits[length] != '\0')
        return false;
    for (size_t i = 0; i < length; i++)
        stamp = stamp * 10 + (digits[i] - '0');
    if (length >= MILLI_DIGITS)
        stamp /= 1000;
    stamp = (is_negative ? -stamp : stamp) + DAY_SECONDS / 2;
    days = stamp / DAY_SECONDS - (stamp % DAY_SECONDS < 0);
    if (days < days_from_civil(YEAR_MIN, 1, 1) || days > days_from_civil(YEAR_MAX, 12, 31))
        return false;
    *out_days = days;
    return true;
}

bool date_parse_serial(struct slice cell, int64_t *out_days)
{
    struct plain plain;
    size_t length;
    unsigned serial;

    if (!plain_make(cell, &plain))
        return false;
    length = digit_run(plain.text);
    if (length >= STAMP_DIGITS || plain.text[0] == '-')
        return days_of_stamp(plain.text, out_days);
    if (length < 3 || length > 6)
        return false;
    if (plain.text[length] != '\0'
        && (!strchr(".,", plain.text[length])
            || digit_run(plain.text + length + 1) != plain.length - length - 1))
        return false;
    serial = number_of(plain.text, (unsigned)length);
    if (serial > SERIAL_MAX)
        return false;
    *out_days = (int64_t)serial - SERIAL_OF_EPOCH;
    return true;
}

bool date_parse_year(struct slice cell, int64_t *out_year)
{
    struct plain plain;
    unsigned year;

    if (!plain_make(cell, &plain) || plain.length != 4 || digit_run(plain.text) != 4)
        return false;
    year = number_of(plain.text, 4);
    if (year < YEAR_MIN || year > YEAR_MAX)
        return false;
    *out_year = year;
    return true;
}
