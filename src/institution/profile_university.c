/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A university in Spain: strong identifiers stand in the leak. */
#include "institution/profile.h"
#include "institution/value.h"

enum {
    HISTORY_STUDENTS,
    HISTORY_ADDRESS,
    HISTORY_PHONE,
    HISTORY_MAIL,
    HISTORY_BANK,
    HISTORY_STUDY
};

static const struct history histories[] = {
    [HISTORY_STUDENTS] = {"students", "alumnos.csv", 0, OWNER_SELF},
    [HISTORY_ADDRESS] = {"addresses", "domicilios.csv", 0.15, OWNER_HOME},
    [HISTORY_PHONE] = {"phones", "telefonos.csv", 0.2, OWNER_LINE},
    [HISTORY_MAIL] = {"mail", "correos.csv", 0.1, OWNER_SELF},
    [HISTORY_BANK] = {"accounts", "cuentas.csv", 0.12, OWNER_SELF},
    [HISTORY_STUDY] = {"studies", "expedientes.csv", 0.5, OWNER_SELF},
};

enum {
    NUMBER,
    IDENTITY_NO,
    SURNAME_1,
    SURNAME_2,
    GIVEN,
    SEX,
    BIRTH,
    STREET,
    POSTAL,
    TOWN,
    PHONE,
    MAIL,
    ACCOUNT,
    FACULTY,
    MARK,
    TRAITS
};

#define FACULTIES                                                                       \
    "Derecho|Medicina|Ciencias|Filosofía y Letras|Económicas|Educación|Ingeniería|" \
    "Farmacia|Psicología|Bellas Artes|Enfermería|Turismo"

#define STUDENT(header, field, type, category, make) \
    header, field, type, category, HISTORY_STUDENTS, make, ALL_VARIANTS

static const struct trait traits[TRAITS] = {
    [NUMBER] = {STUDENT("num_alumno", "student_no", TYPE_ID, CATEGORY_IDENTITY, value_key)},
    [IDENTITY_NO] = {STUDENT("dni", "national_id", TYPE_ID, CATEGORY_IDENTITY, value_spanish_id)},
    [SURNAME_1] = {STUDENT("apellido1", "surname_1", TYPE_FAMILY_NAME, CATEGORY_IDENTITY,
                           value_family)},
    [SURNAME_2] = {STUDENT("apellido2", "surname_2", TYPE_FAMILY_NAME, CATEGORY_IDENTITY,
                           value_second_family)},
    [GIVEN] = {STUDENT("nombre", "given_name", TYPE_GIVEN_NAME, CATEGORY_IDENTITY, value_given)},
    [SEX] = {STUDENT("sexo", "sex", TYPE_CODE, CATEGORY_IDENTITY, value_sex),
             .words = {"H|M", NULL}},
    [BIRTH] = {STUDENT("fecha_nac", "birth_date", TYPE_DATE, CATEGORY_IDENTITY, value_birth)},
    [STREET] = {"domicilio", "address", TYPE_ADDRESS, CATEGORY_CONTACT, HISTORY_ADDRESS,
                value_street, ALL_VARIANTS},
    [POSTAL] = {"cp", "postal_code", TYPE_CODE, CATEGORY_LOCATION, HISTORY_ADDRESS, value_postal,
                ALL_VARIANTS},
    [TOWN] = {"localidad", "town", TYPE_TEXT, CATEGORY_LOCATION, HISTORY_ADDRESS, value_town,
              ALL_VARIANTS},
    [PHONE] = {"telefono", "phone", TYPE_PHONE, CATEGORY_CONTACT, HISTORY_PHONE, value_phone,
               ALL_VARIANTS, .sparse = true},
    [MAIL] = {"correo", "email", TYPE_EMAIL, CATEGORY_CONTACT, HISTORY_MAIL, value_email,
              ALL_VARIANTS},
    [ACCOUNT] = {"iban", "account", TYPE_ACCOUNT, CATEGORY_FINANCIAL, HISTORY_BANK,
                 value_spanish_bank, ALL_VARIANTS, .sparse = true},
    [FACULTY] = {"facultad", "faculty", TYPE_TEXT, CATEGORY_SOCIAL, HISTORY_STUDY, value_choice,
                 ALL_VARIANTS, .words = {FACULTIES, NULL}},
    [MARK] = {"nota_media", "average_mark", TYPE_NUMBER, CATEGORY_SOCIAL, HISTORY_STUDY,
              value_amount, ALL_VARIANTS, .low = 400, .high = 1000, .step = 1},
};

static const struct leak leaks[LEAKS] = {
    {"matricula_2024.csv",
     "csv",
     LAYOUT_DELIMITED,
     ';',
     {ENCODING_WINDOWS, ENCODING_UTF8},
     "d/m/y",
     true,
     {{"Nº EXPEDIENTE", "student_no", {NUMBER}, 1, WRITE_PLAIN, ALL_VARIANTS},
      {"DNI/NIE",
       "national_id",
       {IDENTITY_NO},
       1,
       WRITE_PLAIN,
       ALL_VARIANTS,
       .rare = true,
       .group = 1},
      {"PRIMER APELLIDO", "surname_1", {SURNAME_1}, 1, WRITE_NAME, ALL_VARIANTS, .naming = true},
      {"SEGUNDO APELLIDO", "surname_2", {SURNAME_2}, 1, WRITE_NAME, ALL_VARIANTS, .naming = true},
      {"NOMBRE", "given_name", {GIVEN}, 1, WRITE_NAME, ALL_VARIANTS, .naming = true},
      {"F. NACIMIENTO", "birth_date", {BIRTH}, 1, WRITE_DATE, ALL_VARIANTS, .naming = true},
      {"GÉNERO", "sex", {SEX}, 1, WRITE_CODE, ALL_VARIANTS, .codes = {"Hombre|Mujer", NULL}},
      {"CORREO ELECTRÓNICO",
       "email",
       {MAIL},
       1,
       WRITE_PLAIN,
       ALL_VARIANTS,
       .rare = true,
       .group = 2},
      {"TELÉFONO", "phone", {PHONE}, 1, WRITE_PHONE, ALL_VARIANTS, .rare = true, .group = 3},
      {"DOMICILIO", "address", {STREET}, 1, WRITE_PLAIN, ALL_VARIANTS},
      {"C.P.", "postal_code", {POSTAL}, 1, WRITE_PLAIN, ALL_VARIANTS},
      {"LOCALIDAD", "town", {TOWN}, 1, WRITE_PLAIN, ALL_VARIANTS},
      {"IBAN", "account", {ACCOUNT}, 1, WRITE_ACCOUNT, ALL_VARIANTS, .rare = true, .group = 4},
      {"FACULTAD", "faculty", {FACULTY}, 1, WRITE_PLAIN, ALL_VARIANTS},
      {"NOTA MEDIA", "average_mark", {MARK}, 1, WRITE_AMOUNT, ALL_VARIANTS}},
     15},
    {"becas.jsonl",
     "json",
     LAYOUT_JSON_LINES,
     0,
     {ENCODING_UTF8, ENCODING_UTF8},
     "y-m-d",
     false,
     {{"beneficiario",
       "full_name",
       {GIVEN, SURNAME_1, SURNAME_2},
       3,
       WRITE_NAME,
       ALL_VARIANTS,
       .naming = true},
      {"documento",
       "national_id",
       {IDENTITY_NO},
       1,
       WRITE_PLAIN,
       ALL_VARIANTS,
       .rare = true,
       .group = 1,
       .decides = true},
      {"cuenta", "account", {ACCOUNT}, 1, WRITE_PLAIN, ALL_VARIANTS, .rare = true, .group = 2},
      {"movil", "phone", {PHONE}, 1, WRITE_PHONE, ALL_VARIANTS, .rare = true, .group = 3},
      {"nacimiento", "birth_date", {BIRTH}, 1, WRITE_DATE, ALL_VARIANTS, .naming = true},
      {"centro", "faculty", {FACULTY}, 1, WRITE_PLAIN, ALL_VARIANTS},
      {"media", "average_mark", {MARK}, 1, WRITE_AMOUNT, ALL_VARIANTS}},
     7},
};

static const struct respelling respellings[] = {
    {"María", "Mª"},   {"Francisco", "Fco."},
    {"José", "Jose"},  {"v", "b"},
    {"b", "v"},        {"z", "s"},
    {"ll", "y"},       {"y", "i"},
    {"ge", "je"},      {"gi", "ji"},
    {"de la ", "de "}, {"ez", "es"},
    {"á", "a"},        {"é", "e"},
    {"í", "i"},        {"ó", "o"},
    {"ñ", "n"},        {"h", ""},
    {"x", "j"},        {"qu", "k"},
};

const struct profile profile_university = {
    .name = "university",
    .title = "Universidad modelo (ejercicio)",
    .country = "ES",
    .timezone = "Europe/Madrid",
    .key = "num_alumno",
    .delimiter = ';',
    .windows = true,
    .register_date = "d/m/y",
    .variants = 1,
    .two_surnames = true,
    .second_given = 25,
    .birth_first = 1955,
    .birth_last = 2006,
    .households = {72, 4, 14, 5, 2, 3},
    .surnames =
        {.plain = {"García|Rodríguez|González|Fernández|López|Martínez|Sánchez|Pérez|Gómez|Martín|"
                   "Jiménez|Ruiz|Hernández|Díaz|Moreno|Muñoz|Álvarez|Romero|Alonso|Gutiérrez|"
                   "Navarro|Torres|Domínguez|Vázquez|Ramos|Gil|Ramírez|Serrano|Blanco|Molina|"
                   "Morales|Suárez|Ortega|Delgado|Castro|Ortiz|Rubio|Marín|Sanz|Núñez|Iglesias|"
                   "Medina|Garrido|Cortés|Castillo|Santos|Lozano|Guerrero|Cano|Prieto|Méndez|Cruz|"
                   "Calvo|Gallego|Vidal|León|Márquez|Herrera|Peña|Flores|Cabrera|Campos|Vega|"
                   "Fuentes|Carrasco|Diez|Caballero|Reyes|Nieto|Aguilar|Pascual|Santana|Herrero|"
                   "Lorenzo|Montero|Hidalgo|Giménez|Ibáñez|Ferrer|Durán|Santiago|Benítez|Mora|"
                   "Vicente|Vargas|Arias|Carmona|Crespo|Román|Pastor|Soto|Sáez|Velasco|Moya|Soler|"
                   "Parra|Esteban|Bravo|Gallardo|Rojas",
                   NULL},
         .parts = {{"Villa|Monte|Val|Torre|Font|Casa|Río|Peña|Campo|Puente|Sal|Mira|Rive|Alba|Cala|"
                    "Barr|Carr|Mor|Zor|Guad|Lar|Bel|Per|Ar|Iz|Ur|Ech|Gar|Ler|Tor",
                    NULL},
                   {"|a|e|i|ur|ast|end|ol|ar|om", NULL},
                   {"nueva|verde|rubio|luenga|mayor|hermosa|agudo|quero|gui|rrea|ldea|mendi|cha|"
                    "rroso|zábal|llana|neda|redo|zano|gorri",
                    NULL}}},
    .streets =
        {.parts =
             {{"Calle |Avenida |Plaza |Paseo |Camino |Ronda |Travesía ", NULL},
              {"del |de la |de |de los |Vieja del |Nueva de |Alta de |Baja de |Real de |Mayor del |"
               "San |Santa ",
               NULL},
              {"Olmo|Fuente|Almendro|Molino|Herrería|Cerezo|Alameda|Trigo|Olivar|Ribera|Sauce|"
               "Jazmín|Romero|Tahona|Cantera|Ermita|Noria|Encina|Tejar|Colina|Abeto|Campana|"
               "Granja|Laguna|Higuera|Palmera|Pozo|Retama|Salina|Viñedo|Azahar|Brezo|Castaño|"
               "Dehesa|Espino|Farola|Gaviota|Huerta|Iris|Junco|Lavanda|Madroño|Nogal|Orilla|"
               "Pinar|Quejigo|Rosal|Sierra",
               NULL}}},
    .given = {{"Antonio|Manuel|José|Francisco|David|Juan|Javier|Daniel|Carlos|Jesús|Alejandro|"
               "Miguel|Rafael|Pedro|Pablo|Ángel|Sergio|Fernando|Jorge|Luis|Alberto|Álvaro|Diego|"
               "Adrián|Raúl|Iván|Rubén|Enrique|Óscar|Ramón|Andrés|Vicente|Joaquín|Santiago|Víctor|"
               "Mario|Eduardo|Roberto|Jaime|Marcos|Ignacio|Hugo|Alfonso|Ricardo|Salvador|"
               "Guillermo|Emilio|Gabriel|Julio|Tomás|Agustín|Félix|Nicolás|Gonzalo|Martín",
               NULL},
              {"María|Carmen|Ana|Isabel|Laura|Dolores|Pilar|Cristina|Marta|Josefa|Lucía|Francisca|"
               "Antonia|Elena|Paula|Sara|Mercedes|Raquel|Rosa|Beatriz|Teresa|Julia|Nuria|Silvia|"
               "Patricia|Irene|Alba|Rocío|Montserrat|Andrea|Mónica|Encarnación|Ángela|Inés|Marina|"
               "Sofía|Alicia|Susana|Sonia|Yolanda|Margarita|Natalia|Eva|Claudia|Inmaculada|Amparo|"
               "Verónica|Noelia|Esther|Luisa|Consuelo|Lorena|Victoria|Olga|Gloria",
               NULL}},
    .towns = {"Madrid|Getafe|Alcalá de Henares|Toledo|Guadalajara|Segovia|Ávila|Cuenca|Móstoles|"
              "Leganés|Alcorcón|Torrejón|Parla|Aranjuez|Arganda|Coslada|Pinto|Valdemoro|Talavera|"
              "Illescas|Seseña|Azuqueca|El Escorial|Tres Cantos|Las Rozas|Majadahonda|Navalcarnero|"
              "Chinchón|Colmenar Viejo|Tarancón",
              NULL},
    .postal_first = 28001,
    .postal_digits = 5,
    .strange = {"Wolkonsky|Hjortsberg|Quackenbush|Ljungström|Szczepanik|Mbokani|Tchekhov|Nguyen|"
                "Papadakis|Yilmaz|Fitzwilliam|Kowalczyk|Oyelaran|Watanabe|Dhillon|Khachatur",
                NULL},
    .mail_domain = "alumnos.invalid",
    .respellings = respellings,
    .respelling_count = sizeof(respellings) / sizeof(respellings[0]),
    .histories = histories,
    .history_count = sizeof(histories) / sizeof(histories[0]),
    .traits = traits,
    .trait_count = TRAITS,
    .leaks = leaks,
};
