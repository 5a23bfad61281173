/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A clinic in Tunisia: weak identifiers, and two scripts. The register has the names in both
 * (variant 0), in Arabic with a leak in Latin letters (1), or the other way round (2). */
#include "institution/profile.h"
#include "institution/value.h"

enum {
    HISTORY_PATIENTS,
    HISTORY_ADDRESS,
    HISTORY_PHONE,
    HISTORY_CARE,
    HISTORY_VISIT
};

static const struct history histories[] = {
    [HISTORY_PATIENTS] = {"patients", "patients.csv", 0, OWNER_SELF},
    [HISTORY_ADDRESS] = {"addresses", "adresses.csv", 0.11, OWNER_HOME},
    [HISTORY_PHONE] = {"phones", "telephones.csv", 0.2, OWNER_LINE},
    [HISTORY_CARE] = {"care", "suivi.csv", 0.15, OWNER_SELF},
    [HISTORY_VISIT] = {"visits", "visites.csv", 0.8, OWNER_SELF},
};

enum {
    FAMILY,
    GIVEN,
    FAMILY_ARABIC,
    GIVEN_ARABIC,
    BIRTH,
    SEX,
    STREET,
    POSTAL,
    TOWN,
    PHONE,
    INSURER,
    PHYSICIAN,
    AMOUNT,
    TRAITS
};

#define LATIN_REGISTER  0xdu /* all variants but 1 */
#define ARABIC_REGISTER 0xbu /* all but 2 */
#define LATIN_LEAK      0xbu
#define ARABIC_LEAK     0x4u

#define PATIENT(header, field, type, make, variants) \
    header, field, type, CATEGORY_IDENTITY, HISTORY_PATIENTS, make, variants
#define ADDRESS(header, field, type, category, make) \
    header, field, type, category, HISTORY_ADDRESS, make, ALL_VARIANTS

static const struct trait traits[TRAITS] = {
    [FAMILY] = {PATIENT("nom", "family_name", TYPE_FAMILY_NAME, value_family, LATIN_REGISTER)},
    [GIVEN] = {PATIENT("prenom", "given_name", TYPE_GIVEN_NAME, value_given, LATIN_REGISTER)},
    [FAMILY_ARABIC] = {PATIENT("nom_ar", "family_name", TYPE_FAMILY_NAME, value_family,
                               ARABIC_REGISTER),
                       SCRIPT_ARABIC},
    [GIVEN_ARABIC] = {PATIENT("prenom_ar", "given_name", TYPE_GIVEN_NAME, value_given,
                              ARABIC_REGISTER),
                      SCRIPT_ARABIC},
    [BIRTH] = {PATIENT("naissance", "birth_date", TYPE_DATE, value_birth, ALL_VARIANTS)},
    [SEX] = {PATIENT("sexe", "sex", TYPE_CODE, value_sex, ALL_VARIANTS), .words = {"M|F", NULL}},
    [STREET] = {ADDRESS("adresse", "address", TYPE_ADDRESS, CATEGORY_CONTACT, value_street)},
    [POSTAL] = {ADDRESS("code_postal", "postal_code", TYPE_CODE, CATEGORY_LOCATION, value_postal)},
    [TOWN] = {ADDRESS("ville", "town", TYPE_TEXT, CATEGORY_LOCATION, value_town)},
    [PHONE] = {"tel", "phone", TYPE_PHONE, CATEGORY_CONTACT, HISTORY_PHONE, value_phone,
               ALL_VARIANTS, .sparse = true},
    [INSURER] = {"assureur", "insurer", TYPE_TEXT, CATEGORY_HEALTH, HISTORY_CARE, value_choice,
                 ALL_VARIANTS,
                 .words = {"Caisse commune|Mutuelle Atlas|Assurances Carthage|Prévoyance du Sahel|"
                           "Mutuelle Jasmin|Sans couverture|Santé Plus|Solidarité Sud",
                           NULL}},
    [PHYSICIAN] =
        {"medecin", "physician", TYPE_TEXT, CATEGORY_HEALTH, HISTORY_CARE, value_choice,
         ALL_VARIANTS,
         .words = {"Dr Zarrouk|Dr Fendri|Dr Mzoughi|Dr Belhassen|Dr Khelifa|Dr Ayari|"
                   "Dr Louati|Dr Sebai|Dr Turki|Dr Gharsalli|Dr Hammami|Dr Dridi|Dr Rekik|"
                   "Dr Oueslati|Dr Karoui|Dr Mejri",
                   NULL}},
    [AMOUNT] = {"montant", "visit_amount", TYPE_AMOUNT, CATEGORY_HEALTH, HISTORY_VISIT,
                value_amount, ALL_VARIANTS, .low = 3500, .high = 42000, .step = 50},
};

static const struct leak leaks[LEAKS] = {
    {"patients.tsv",
     "csv",
     LAYOUT_DELIMITED,
     '\t',
     {ENCODING_UTF8, ENCODING_UTF8},
     "d-m-y",
     false,
     {{"Nom", "family_name", {FAMILY}, 1, WRITE_NAME, LATIN_LEAK, .naming = true},
      {"Prénom", "given_name", {GIVEN}, 1, WRITE_NAME, LATIN_LEAK, .naming = true},
      {"Nom", "family_name", {FAMILY_ARABIC}, 1, WRITE_NAME, ARABIC_LEAK, .naming = true},
      {"Prénom", "given_name", {GIVEN_ARABIC}, 1, WRITE_NAME, ARABIC_LEAK, .naming = true},
      {"Né(e) le", "birth_date", {BIRTH}, 1, WRITE_DATE, ALL_VARIANTS, .naming = true},
      {"Sexe", "sex", {SEX}, 1, WRITE_CODE, ALL_VARIANTS, .codes = {"1|2", NULL}},
      {"Téléphone", "phone", {PHONE}, 1, WRITE_PHONE, ALL_VARIANTS, .rare = true, .group = 1},
      {"Adresse", "address", {STREET}, 1, WRITE_PLAIN, ALL_VARIANTS, .rare = true, .group = 2},
      {"Ville", "town", {TOWN}, 1, WRITE_PLAIN, ALL_VARIANTS, .group = 2},
      {"Prise en charge", "insurer", {INSURER}, 1, WRITE_PLAIN, ALL_VARIANTS},
      {"Médecin traitant", "physician", {PHYSICIAN}, 1, WRITE_PLAIN, ALL_VARIANTS},
      {"Montant", "visit_amount", {AMOUNT}, 1, WRITE_AMOUNT, ALL_VARIANTS}},
     12},
    {"rappels.csv",
     "csv",
     LAYOUT_DELIMITED,
     '|',
     {ENCODING_UTF8, ENCODING_UTF8},
     "d/m/y",
     true,
     {{"PATIENT", "full_name", {GIVEN, FAMILY}, 2, WRITE_NAME, LATIN_LEAK, .naming = true},
      {"PATIENT",
       "full_name",
       {GIVEN_ARABIC, FAMILY_ARABIC},
       2,
       WRITE_NAME,
       ARABIC_LEAK,
       .naming = true},
      {"DDN", "birth_date", {BIRTH}, 1, WRITE_DATE, ALL_VARIANTS, .naming = true},
      {"GSM", "phone", {PHONE}, 1, WRITE_PHONE, ALL_VARIANTS, .rare = true, .group = 1},
      {"LOCALITE", "town", {TOWN}, 1, WRITE_PLAIN, ALL_VARIANTS},
      {"CP", "postal_code", {POSTAL}, 1, WRITE_PLAIN, ALL_VARIANTS},
      {"MEDECIN", "physician", {PHYSICIAN}, 1, WRITE_PLAIN, ALL_VARIANTS},
      {"A PAYER", "visit_amount", {AMOUNT}, 1, WRITE_AMOUNT, ALL_VARIANTS}},
     8},
};

static const struct respelling respellings[] = {
    {"ou", "u"},    {"u", "ou"},   {"ch", "sh"},        {"kh", "k"},     {"gh", "g"},
    {"dh", "d"},    {"th", "t"},   {"ss", "s"},         {"mm", "m"},     {"ll", "l"},
    {"rr", "r"},    {"dd", "d"},   {"k", "q"},          {"y", "i"},      {"i", "y"},
    {"e", "a"},     {"a", "e"},    {"j", "dj"},         {"Ben ", "B. "}, {"Ben ", "Ibn "},
    {"Bou", "Bu"},  {"ine", "in"}, {"eh", "a"},         {"h", ""},       {"Mohamed", "Med"},
    {"El ", "Al "}, {"El ", ""},   {"ة", "ه"},          {"ى", "ي"},      {"أ", "ا"},
    {"إ", "ا"},     {"ئ", "ي"},    {"عبد ال", "عبدال"},
};

const struct profile profile_clinic = {
    .name = "clinic",
    .title = "Clinique modele (exercice)",
    .country = "TN",
    .timezone = "Africa/Tunis",
    .key = "dossier",
    .delimiter = '\t',
    .register_date = "y-m-d",
    .variants = 3,
    .second_given = 25,
    .birth_first = 1940,
    .birth_last = 2015,
    .households = {50, 12, 12, 4, 8, 14},
    .surnames =
        {.plain =
             {"Trabelsi|Gharbi|Hammami|Jlassi|Ayari|Mejri|Dridi|Chebbi|Khelifi|Jaziri|Mabrouk|"
              "Bouazizi|Sassi|Karoui|Zouari|Ferjani|Maaloul|Rekik|Louati|Ghannouchi|Hamdi|"
              "Riahi|Saidi|Tlili|Brahmi|Nasri|Amri|Oueslati|Laabidi|Chaouch",
              "الطرابلسي|الغربي|الحمامي|الجلاصي|العياري|الماجري|الدريدي|الشابي|الخليفي|الجزيري|"
              "مبروك|البوعزيزي|الساسي|القروي|الزواري|الفرجاني|معلول|الرقيق|اللواتي|الغنوشي|"
              "الحمدي|الرياحي|السعيدي|التليلي|البراهمي|الناصري|العامري|الوسلاتي|العبيدي|شاوش"},
         .parts =
             {{"|Ben |Bou|Bel|El |Haj |Ben El |Ould ", "|بن |بو|بل|ال|الحاج |بن ال|ولد "},
              {"Salem|Slim|Hassin|Kacem|Mansour|Nasr|Rabah|Saad|Badis|Youssef|Zayd|Khalil|"
               "Jamil|Habib|Fares|Ammar|Othman|Khedher|Miled|Romdhan|Chaaban|Mokhtar|Tahar|"
               "Azhar|Mahfoudh|Naceur|Sghair|Sahbi|Toumi|Zarrouk|Messaoud|Gaied|Dhaou|Frej|"
               "Ghazal|Hamid|Jabir|Kilani|Labid|Maatoug|Nouri|Rached|Sebti|Tarek|Wahid|Zied|"
               "Abbes|Badr|Chokri|Daoud",
               "سالم|سليم|حسين|قاسم|منصور|نصر|رابح|سعد|باديس|يوسف|زيد|خليل|جميل|حبيب|فارس|عمار|"
               "عثمان|خضر|ميلاد|رمضان|شعبان|مختار|طاهر|أزهر|محفوظ|ناصر|صغير|صحبي|تومي|زروق|"
               "مسعود|قائد|ضو|فرج|غزال|حميد|جابر|كيلاني|لبيد|معتوق|نوري|راشد|سبتي|طارق|وحيد|"
               "زياد|عباس|بدر|شكري|داود"},
              {"|i|oui|ani|aoui", "|ي|وي|اني|اوي"}}},
    .streets =
        {.parts = {{"Rue |Avenue |Impasse |Cité |Boulevard |Place ", NULL},
                   {"|de la |du |des |Ibn |Sidi |El |Bab |de l'ancien |du vieux |du grand |"
                    "du petit |de la belle |Lalla |Dar |Ain ",
                    NULL},
                   {"Olivier|Jasmin|Palmier|Source|Marché|Forgerons|Potiers|Colombe|Jardin|Phare|"
                    "Moulin|Figuier|Oranger|Citronnier|Amandier|Grenadier|Cigogne|Gazelle|Sable|"
                    "Corail|Lagune|Remparts|Fontaine|Andalous|Tisserands|Dattiers|Mimosa|Laurier|"
                    "Menthe|Safran|Hirondelle|Perle|Aurore|Étoile|Caroubier|Thym|Argan|Cèdre|Dune|"
                    "Estuaire|Falaise|Grotte|Horizon|Ivoire|Kiosque|Liège|Mosaïque|Nacre|Oasis|"
                    "Puits",
                    NULL}}},
    .given =
        {{"Mohamed|Ahmed|Ali|Youssef|Amine|Karim|Sami|Nabil|Hatem|Walid|Mehdi|Khaled|Anis|"
          "Ridha|Hichem|Moncef|Tarek|Bilel|Oussama|Aymen|Skander|Zied|Fethi|Lotfi|Slah|Mourad|"
          "Adel|Faouzi|Imed|Kamel|Maher|Nizar|Raouf|Sofiene|Wissem|Yassine|Chokri|Habib|Houssem|"
          "Ghassen",
          "محمد|أحمد|علي|يوسف|أمين|كريم|سامي|نبيل|حاتم|وليد|مهدي|خالد|أنيس|رضا|هشام|منصف|طارق|"
          "بلال|أسامة|أيمن|إسكندر|زياد|فتحي|لطفي|صلاح|مراد|عادل|فوزي|عماد|كمال|ماهر|نزار|رؤوف|"
          "سفيان|وسام|ياسين|شكري|حبيب|حسام|غسان"},
         {"Fatma|Amina|Khadija|Leila|Salma|Nadia|Sonia|Rim|Ines|Sarra|Olfa|Hela|Mouna|Samia|"
          "Wafa|Asma|Dorra|Emna|Faten|Hanen|Imen|Jihen|Latifa|Maha|Najet|Rania|Sihem|Thouraya|"
          "Yosra|Zohra|Arij|Chiraz|Dalel|Ghada|Houda|Kaouther|Lamia|Meriem|Nesrine|Rahma",
          "فاطمة|أمينة|خديجة|ليلى|سلمى|نادية|سنية|ريم|إيناس|سارة|ألفة|هالة|منى|سامية|وفاء|أسماء|"
          "درة|آمنة|فاتن|حنان|إيمان|جيهان|لطيفة|مها|نجاة|رانية|سهام|ثريا|يسرى|زهرة|أريج|شيراز|"
          "دلال|غادة|هدى|كوثر|لمياء|مريم|نسرين|رحمة"}},
    .towns = {"Tunis|Ariana|Ben Arous|Manouba|Sfax|Sousse|Monastir|Mahdia|Bizerte|Nabeul|Hammamet|"
              "Kairouan|Gabès|Médenine|Zarzis|Tozeur|Gafsa|Kasserine|Béja|Jendouba|Le Kef|Siliana|"
              "Zaghouan|Djerba|Tataouine|La Marsa|Rades|Ezzahra|Grombalia|Kélibia",
              NULL},
    .postal_first = 1001,
    .postal_digits = 4,
    .strange =
        {"Lindqvist|Poniatowski|Vandenberghe|Goncalves|Fitzgerald|Papadakis|Yamamoto|Schultze|"
         "Obradovich|Wickramasinghe|Petrossian|Castiglione|Thorvaldsen|Dvorak|Nguyen|Quispe",
         "ليندكفيست|بونياتوفسكي|فاندنبرغ|غونسالفيس|فيتزجيرالد|باباداكيس|ياماموتو|شولتسه|"
         "أوبرادوفيتش|ويكراماسينغ|بتروسيان|كاستيليوني|ثورفالدسن|دفورجاك|نغوين|كيسبي"},
    .mail_domain = "clinique.invalid",
    .respellings = respellings,
    .respelling_count = sizeof(respellings) / sizeof(respellings[0]),
    .histories = histories,
    .history_count = sizeof(histories) / sizeof(histories[0]),
    .traits = traits,
    .trait_count = TRAITS,
    .leaks = leaks,
};
