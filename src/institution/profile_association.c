/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A sports association in Germany: no identifier at all stands in the leak. */
#include "institution/profile.h"
#include "institution/value.h"

enum {
    HISTORY_MEMBERS,
    HISTORY_ADDRESS,
    HISTORY_DUES
};

static const struct history histories[] = {
    [HISTORY_MEMBERS] = {"members", "mitglieder.csv", 0.006, OWNER_SELF},
    [HISTORY_ADDRESS] = {"addresses", "anschriften.csv", 0.09, OWNER_HOME},
    [HISTORY_DUES] = {"dues", "beitraege.csv", 0.4, OWNER_SELF},
};

enum {
    FAMILY,
    GIVEN,
    BIRTH,
    SINCE,
    STREET,
    POSTAL,
    TOWN,
    SECTION,
    DUES,
    TRAITS
};

#define MEMBER(header, field, type, category, make) \
    header, field, type, category, HISTORY_MEMBERS, make, ALL_VARIANTS
#define ADDRESS(header, field, type, category, make) \
    header, field, type, category, HISTORY_ADDRESS, make, ALL_VARIANTS

static const struct trait traits[TRAITS] = {
    [FAMILY] = {MEMBER("name", "family_name", TYPE_FAMILY_NAME, CATEGORY_IDENTITY, value_family)},
    [GIVEN] = {MEMBER("vorname", "given_name", TYPE_GIVEN_NAME, CATEGORY_IDENTITY, value_given)},
    [BIRTH] = {MEMBER("geburtsdatum", "birth_date", TYPE_DATE, CATEGORY_IDENTITY, value_birth)},
    [SINCE] = {MEMBER("eintritt", "member_since", TYPE_DATE, CATEGORY_SOCIAL, value_joined)},
    [STREET] = {ADDRESS("strasse", "street", TYPE_ADDRESS, CATEGORY_CONTACT, value_street)},
    [POSTAL] = {ADDRESS("plz", "postal_code", TYPE_CODE, CATEGORY_LOCATION, value_postal)},
    [TOWN] = {ADDRESS("ort", "town", TYPE_TEXT, CATEGORY_LOCATION, value_town)},
    [SECTION] =
        {"sparte", "section", TYPE_TEXT, CATEGORY_SOCIAL, HISTORY_DUES, value_choice, ALL_VARIANTS,
         .words = {"Fußball|Turnen|Handball|Leichtathletik|Schwimmen|Tischtennis|Volleyball|"
                   "Judo|Rudern|Schach",
                   NULL}},
    [DUES] = {"beitrag", "contribution", TYPE_AMOUNT, CATEGORY_FINANCIAL, HISTORY_DUES,
              value_amount, ALL_VARIANTS, .low = 4000, .high = 24000, .step = 50},
};

#define LEFT  0x5u /* even variants: the given name first */
#define RIGHT 0xau /* odd ones: "Name, Vorname" */

static const struct leak leaks[LEAKS] = {
    {"mitgliederliste.csv",
     "csv",
     LAYOUT_DELIMITED,
     ';',
     {ENCODING_LATIN9, ENCODING_UTF16},
     "d.m.y",
     true,
     {{"Mitglied", "full_name", {GIVEN, FAMILY}, 2, WRITE_NAME, LEFT, .naming = true},
      {"Mitglied", "full_name", {FAMILY, GIVEN}, 2, WRITE_NAME, RIGHT, .naming = true},
      {"geb. am", "birth_date", {BIRTH}, 1, WRITE_DATE, ALL_VARIANTS, .naming = true},
      {"Straße", "street", {STREET}, 1, WRITE_PLAIN, ALL_VARIANTS, .rare = true, .group = 1},
      {"PLZ", "postal_code", {POSTAL}, 1, WRITE_PLAIN, ALL_VARIANTS, .group = 1},
      {"Wohnort", "town", {TOWN}, 1, WRITE_PLAIN, ALL_VARIANTS, .group = 1},
      {"Mitglied seit", "member_since", {SINCE}, 1, WRITE_DATE, ALL_VARIANTS},
      {"Beitrag", "contribution", {DUES}, 1, WRITE_AMOUNT, ALL_VARIANTS}},
     8},
    {"startliste.txt",
     "txt",
     LAYOUT_FIXED,
     0,
     {ENCODING_LATIN9, ENCODING_WINDOWS},
     "d.m.y",
     true,
     {{"NAME", "full_name", {FAMILY, GIVEN}, 2, WRITE_NAME, LEFT, .naming = true},
      {"NAME", "full_name", {GIVEN, FAMILY}, 2, WRITE_NAME, RIGHT, .naming = true},
      {"GEBOREN", "birth_date", {BIRTH}, 1, WRITE_DATE, ALL_VARIANTS, .naming = true},
      {"ORT", "town", {TOWN}, 1, WRITE_PLAIN, ALL_VARIANTS, .group = 1},
      {"ANSCHRIFT", "street", {STREET}, 1, WRITE_PLAIN, ALL_VARIANTS, .rare = true, .group = 1},
      {"SPARTE", "section", {SECTION}, 1, WRITE_PLAIN, ALL_VARIANTS},
      {"SEIT", "member_since", {SINCE}, 1, WRITE_DATE, ALL_VARIANTS}},
     7},
};

static const struct respelling respellings[] = {
    {"ü", "ue"}, {"ö", "oe"}, {"ä", "ae"}, {"ß", "ss"},   {"ü", "u"},      {"ö", "o"},
    {"ä", "a"},  {"th", "t"}, {"tt", "t"}, {"nn", "n"},   {"ei", "ai"},    {"ei", "ey"},
    {"ie", "i"}, {"ck", "k"}, {"ph", "f"}, {"er", "ern"}, {"mann", "man"}, {"dt", "t"},
    {"z", "tz"}, {"f", "ff"}, {"ss", "ß"}, {"k", "c"},
};

const struct profile profile_association = {
    .name = "association",
    .title = "Sportverein Muster (Übung)",
    .country = "DE",
    .timezone = "Europe/Berlin",
    .key = "nr",
    .delimiter = ',',
    .register_date = "y-m-d",
    .variants = 4,
    .spouses_share = true,
    .second_given = 30,
    .birth_first = 1938,
    .birth_last = 2014,
    .households = {46, 12, 14, 4, 10, 14},
    .masks_birth_year = true,
    .surnames =
        {.plain = {"Müller|Schmidt|Schneider|Fischer|Weber|Meyer|Wagner|Becker|Schulz|Hoffmann|"
                   "Schäfer|Koch|Bauer|Richter|Klein|Wolf|Schröder|Neumann|Schwarz|Zimmermann|"
                   "Braun|Krüger|Hofmann|Hartmann|Lange|Schmitt|Werner|Schmitz|Krause|Meier|"
                   "Lehmann|Schmid|Schulze|Maier|Köhler|Herrmann|König|Walter|Mayer|Huber|Kaiser|"
                   "Fuchs|Peters|Lang|Scholz|Möller|Weiß|Jung|Hahn|Schubert|Vogel|Friedrich|Keller|"
                   "Günther|Frank|Berger|Winkler|Roth|Beck|Lorenz|Baumann|Franke|Albrecht|Schuster|"
                   "Simon|Ludwig|Böhm|Winter|Kraus|Martin|Schumacher|Krämer|Vogt|Stein|Jäger|Otto|"
                   "Sommer|Groß|Seidel|Heinrich|Brandt|Haas|Schreiber|Graf|Dietrich|Ziegler|Kuhn|"
                   "Kühn|Pohl|Engel|Horn|Busch|Bergmann|Thomas|Voigt|Sauer|Arnold|Wolff|Pfeiffer",
                   NULL},
         .parts = {{"Ober|Nieder|Alt|Neu|Stein|Berg|Wald|Linden|Eichen|Rosen|Hohen|Grün|Kirch|Burg|"
                    "Brunn|Wiesen|Buch|Erlen|Haber|Korn|Mühl|Reit|Schön|Tann|Weiden|Breiten|Dorn|"
                    "Falken|Hirsch|Iller|Kessel|Loh|Moos|Nuss|Ochsen|Pfaffen|Rauh|Sieben|Tiefen|"
                    "Winter",
                    NULL},
                   {"", NULL},
                   {"mann|bauer|meier|müller|berger|bach|hofer|thal|feld|brück|stein|wald|hauser|"
                    "kamp|lechner|rieder|acker|egger|huber|moser|städter|schläger|wieser|gruber|"
                    "leitner|kofler|ried|horst|hagen|scheidt|decker|fels|garten|loher|macher|ner|"
                    "rath|sauer|storfer|dörfer",
                    NULL}}},
    .streets =
        {.parts = {{"|Am |Alte |Neue |An der |Obere |Untere |Große |Kleine |Hinter der ", NULL},
                   {"Linden|Mühlen|Garten|Schul|Kirch|Bahnhof|Wiesen|Birken|Rosen|Ahorn|Tannen|"
                    "Brunnen|Feld|Berg|Wald|Eichen|Buchen|Amsel|Lerchen|Flieder|Tulpen|Nelken|"
                    "Hasel|Schlehen|Weiden|Erlen|Ulmen|Kastanien|Holunder|Sonnen|Mond|Stern|Acker|"
                    "Deich|Furt|Graben|Hafen|Insel|Jäger|Kiesel|Lauben|Moor|Nord|Ost|Pappel|Quell|"
                    "Ring|Süd|Teich|Ufer|Veilchen|West",
                    NULL},
                   {"straße|weg|gasse|allee|platz|ring|damm|steig|winkel|hof", NULL}}},
    .given = {{"Peter|Michael|Thomas|Andreas|Wolfgang|Klaus|Jürgen|Günter|Stefan|Christian|Uwe|"
               "Werner|Horst|Frank|Dieter|Manfred|Gerhard|Hans|Bernd|Thorsten|Matthias|Helmut|"
               "Walter|Heinz|Martin|Jörg|Rolf|Jens|Sven|Alexander|Jan|Rainer|Holger|Karl|Dirk|"
               "Joachim|Ralf|Carsten|Herbert|Oliver|Wilhelm|Kurt|Markus|Heinrich|Paul|Lukas|Felix|"
               "Jonas|Maximilian|Tobias|Philipp|Moritz|Leon|Niklas|Björn",
               NULL},
              {"Ursula|Karin|Helga|Sabine|Ingrid|Renate|Monika|Susanne|Gisela|Petra|Birgit|Andrea|"
               "Anna|Brigitte|Claudia|Erika|Christa|Elke|Stefanie|Gertrud|Elisabeth|Maria|Angelika|"
               "Heike|Gabriele|Kathrin|Ilse|Nicole|Anja|Barbara|Hildegard|Martina|Ingeborg|Gerda|"
               "Marion|Jutta|Ute|Hannelore|Irmgard|Christine|Inge|Christina|Silke|Margarete|Lena|"
               "Julia|Sophie|Hannah|Laura|Mia|Emma|Käthe|Jördis|Franziska|Annika",
               NULL}},
    .towns =
        {"Musterstadt|Altenfeld|Neukirchen|Steinbach|Waldheim|Bergen|Hohenstein|Lindau|"
         "Rosenheim|Grünstadt|Eichenau|Mühldorf|Brunnthal|Wiesental|Buchloe|Erlenbach|Tannheim|"
         "Weidenberg|Kirchberg|Burgdorf|Schönau|Reitingen|Kornwestheim|Breitenbrunn|Falkenstein|"
         "Moosburg|Tiefenbach|Hirschau|Dornstetten|Überlingen|Köditz|Lüdersfeld",
         NULL},
    .postal_first = 71001,
    .postal_digits = 5,
    .strange = {"Ouedraogo|Xanthopoulos|Nguyen|Villanueva|Szczygiel|Yamamoto|Rezaei|Jovanovich|"
                "Quispe|Campbell|Delacroix|Abdulkadir|Fagundes|Popescu|Etxeberria|Zhang",
                NULL},
    .mail_domain = "verein.invalid",
    .respellings = respellings,
    .respelling_count = sizeof(respellings) / sizeof(respellings[0]),
    .histories = histories,
    .history_count = sizeof(histories) / sizeof(histories[0]),
    .traits = traits,
    .trait_count = TRAITS,
    .leaks = leaks,
};
