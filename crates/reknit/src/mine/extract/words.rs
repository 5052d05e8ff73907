//! The words that dates, times, durations, amounts and numbers are written with, in six languages.
//!
//! One table gives every word its meanings, which may be several: `may` is a month and a verb, `second`
//! a unit and a place in a row, `am` half a day in English and a preposition in German. The grammar
//! looks at what stands around. Keys are folded: lower case, without accents. The words are written by
//! us from the grammars of the languages; the names of months and weekdays are those of CLDR.
//!
//! Cost: one hash of at most [`MAX_WORD`] bytes for each word of a text.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::Kind;

/// Longest word looked up, in bytes as folded; the longest in the table has 19.
pub(super) const MAX_WORD: usize = 20;

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    /// Two weeks.
    Fortnight,
    Weekend,
    Month,
    Year,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
}

/// What a word says of an expression of time beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    /// Goes by its time: `train`, `vuelo`, `Termin`.
    Service,
    /// A length follows with `of` between: `notice of a month`, `plus d'une heure`.
    Length,
    /// A length follows: `almost a year`, `über eine Woche`.
    Nearly,
    /// A name follows: `surname`, `Familie`.
    Surname,
}

/// All that a word may mean.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry {
    /// 1 to 12, or 0.
    pub(super) month: i8,
    /// 1 (Monday) to 7, or 0.
    pub(super) weekday: i8,
    /// A number in words, or 0.
    pub(super) number: u8,
    pub(super) unit: Option<Unit>,
    /// Days from the day of the message.
    pub(super) day: Option<i8>,
    pub(super) part: Option<Part>,
    /// ISO 4217.
    pub(super) currency: Option<&'static str>,
    /// What kind of number it announces.
    pub(super) cue: Option<Kind>,
    pub(super) roles: u64,
    pub(super) tense: Tense,
    pub(super) hint: Option<Hint>,
    /// Whether an expression of time may begin with it.
    pub(super) starts: bool,
}

/// What a word says of the time that is spoken of. Each field is a set of languages: `war` is a past form in German
/// and none in English, and `a` a helper in French only.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tense {
    /// Of a weekday: the languages that call it so.
    pub(super) tongue: u8,
    /// Of itself a past form: `was`, `rief`, `dijo`.
    pub(super) past: u8,
    /// Of what is to come or wished for: `will`, `bitte`, `peut`.
    pub(super) ahead: u8,
    /// Makes a past form with a participle: `hat`, `ha`.
    pub(super) has: u8,
    /// Makes one with a participle of going and coming only: `est`, `sono`.
    pub(super) is: u8,
    /// A participle without the usual end.
    pub(super) done: u8,
    /// A participle of going and coming.
    pub(super) gone: u8,
}

pub(super) const EN: u8 = 1;
pub(super) const DE: u8 = 1 << 1;
pub(super) const FR: u8 = 1 << 2;
pub(super) const ES: u8 = 1 << 3;
pub(super) const IT: u8 = 1 << 4;
pub(super) const PT: u8 = 1 << 5;

/// Roles with which an expression of time may begin.
const STARTS: u64 = NEXT | LAST | THIS | EDGE | NOON | MIDNIGHT | HALF | QUARTER | ONE | FIXED;

impl Entry {
    fn starts_time(&self) -> bool {
        let unit = self.unit.is_some_and(|unit| !matches!(unit, Unit::Second | Unit::Minute));
        self.day.is_some() || self.month > 0 || self.weekday > 0 || self.number > 0 || unit || self.is(STARTS)
    }

    pub(super) fn is(&self, role: u64) -> bool {
        self.roles & role != 0
    }
}

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { roles!(@ 0; $($(#[$doc])* $name,)*); };
    (@ $at:expr; $(#[$doc:meta])* $name:ident, $($rest:tt)*) => {
        $(#[$doc])* pub(super) const $name: u64 = 1 << $at;
        roles!(@ $at + 1; $($rest)*);
    };
    (@ $at:expr;) => {};
}

roles! {
    /// Also an everyday word: needs more around it.
    RISKY,
    /// Also a person's name.
    NAME,
    /// A month or weekday in short.
    SHORT,
    /// Of a language that writes months and weekdays with a capital.
    CAPITAL,
    /// Ends a number that counts a place: `5th`, `1er`.
    ORDINAL,
    OF,
    ARTICLE,
    /// Before a plural, so that the weekday behind it comes again and again.
    PLURAL,
    EVERY,
    /// Before a time of day.
    AT,
    /// Between the ends of an interval.
    TO,
    AND,
    BETWEEN,
    /// Before the first end of an interval of times.
    FROM,
    SINCE,
    /// Before what is still to come: `in two weeks`.
    IN,
    /// Before a date, so that `on 5/6` is one.
    CUE,
    /// Before a month without a day.
    IN_MONTH,
    NEXT,
    LAST,
    THIS,
    /// `end of`, `early`, `Mitte`.
    EDGE,
    /// Behind a duration: it lies back.
    AGO,
    /// Before a duration: it lies back.
    BACK,
    /// Before a duration.
    FOR,
    AM,
    PM,
    UHR,
    /// `h` as in `17h30`.
    H,
    HALF,
    QUARTER,
    /// `half past`, `Viertel nach`.
    PAST,
    /// `quarter to`, `Viertel vor`.
    SHORT_OF,
    /// Before numbers with dots that are versions, sections and parts.
    NOT_DATE,
    /// Before or behind a weekday that is part of a name.
    PROPER,
    /// Days on which people work.
    WORKING,
    /// Of Italian, whose `ha` is not the Portuguese `há`.
    ITALIAN,
    /// Of French, whose `en deux heures` is how long it takes.
    FRENCH,
    /// `number`, `no.`, `Nr.`, `id`: announces that a number follows.
    NUMBER,
    /// `is`, `my`: may stand between a cue and its number.
    LINK,
    /// Times a thousand, a million, a thousand millions.
    THOUSAND,
    MILLION,
    BILLION,
    /// Per hundred.
    PERCENT,
    /// Tells that a number of a phone follows.
    PHONE,
    /// Article that counts as one before a unit.
    ONE,
    /// Unit in the singular, which only one of it has.
    SINGULAR,
    /// `a couple of`: two.
    COUPLE,
    /// Of the year, as `im Jahr 2019`.
    YEAR_CUE,
    /// `now`, behind `from`.
    NOW,
    /// `que viene`, `que vem`: the second word.
    COMING,
    /// Before a part of the day that is a greeting.
    GREETING,
    /// Before `in` and the last digits of a number.
    ENDING,
    /// Counts how often something was: `third`, `twice`.
    REPEAT,
    /// The first word of a fixed expression: `aujourd'hui`.
    FIXED,
    /// Only a part of longer expressions.
    PIECE,
    /// Twelve o'clock.
    NOON,
    MIDNIGHT,
    /// Before a day that is still to come or only named: `for Monday`.
    TOWARDS,
    /// Begins a clause of its own, or sets one against another.
    CLAUSE,
    /// Behind a name that is a street's: `March Road`.
    STREET,
    /// Before one: `via 4 novembre`.
    STREET_OF,
}

enum Meaning {
    Month(i8, u64),
    Weekday(i8, u64),
    Number(u8),
    Unit(Unit, u64),
    Day(i8),
    DayPart(i8, Part),
    Part(Part),
    Currency(&'static str),
    Cue(Kind),
    Role(u64),
    Tongue(u8),
    Past(u8),
    Ahead(u8),
    Has(u8),
    Is(u8),
    Done(u8),
    Gone(u8),
    Hint(Hint),
}

use Meaning as M;

#[rustfmt::skip]
const TABLE: &[(&str, Meaning)] = &[
    // Who writes months with a capital; a row for each month follows.
    ("january februar januar february december dezember march october oktober november september july juli juni april may june august mai marz maerz", M::Role(CAPITAL)),
    ("january januar janvier enero gennaio janeiro jan jän janner janv ene gen", M::Month(1, 0)),
    ("february februar fevrier febrero febbraio fevereiro feb febr fevr fev", M::Month(2, 0)),
    ("march marz maerz mars marzo marco mar mrz", M::Month(3, 0)),
    ("april avril abril aprile apr avr abr", M::Month(4, 0)),
    ("may mai mayo maggio maio mag", M::Month(5, 0)),
    ("june juni juin junio giugno junho jun giu", M::Month(6, 0)),
    ("july juli juillet julio luglio julho jul lug juil", M::Month(7, 0)),
    ("august aout agosto aug ago", M::Month(8, 0)),
    ("september septembre septiembre setiembre settembre setembro sep sept set sett", M::Month(9, 0)),
    ("october oktober octobre octubre ottobre outubro oct okt ott out", M::Month(10, 0)),
    ("november novembre noviembre novembro nov", M::Month(11, 0)),
    ("december dezember decembre diciembre dicembre dezembro dec dez dic", M::Month(12, 0)),
    ("jan feb mar apr jun jul aug sep sept oct okt nov dec mrz dez", M::Role(CAPITAL)),
    ("jan janv ene gen feb febr fevr fev mar mrz apr avr abr mag jun giu jul lug juil aug ago sep sept set sett oct okt ott out nov dec dez dic", M::Role(SHORT)),
    ("may march mar set out ago mag gen ott sett dic dez sat sun wed mon mi", M::Role(RISKY)),
    ("april may june august jan julio abril avril domingo domenica aprile marzo marco mars august augusto agosto", M::Role(NAME)),

    ("monday montag", M::Weekday(1, CAPITAL)), ("lundi lunes lunedi", M::Weekday(1, 0)), ("mon", M::Weekday(1, CAPITAL | SHORT)),
    ("tuesday dienstag", M::Weekday(2, CAPITAL)), ("mardi martes martedi", M::Weekday(2, 0)), ("tue tues", M::Weekday(2, CAPITAL | SHORT)),
    ("wednesday mittwoch", M::Weekday(3, CAPITAL)), ("mercredi miercoles mercoledi", M::Weekday(3, 0)), ("wed", M::Weekday(3, CAPITAL | SHORT)),
    ("thursday donnerstag", M::Weekday(4, CAPITAL)), ("jeudi jueves giovedi", M::Weekday(4, 0)), ("thu thur thurs", M::Weekday(4, CAPITAL | SHORT)),
    ("friday freitag", M::Weekday(5, CAPITAL)), ("vendredi viernes venerdi", M::Weekday(5, 0)), ("fri", M::Weekday(5, CAPITAL | SHORT)),
    ("saturday samstag sonnabend", M::Weekday(6, CAPITAL)), ("samedi sabado sabato", M::Weekday(6, 0)), ("sat", M::Weekday(6, CAPITAL | SHORT)),
    ("sunday sonntag", M::Weekday(7, CAPITAL)), ("dimanche domingo domenica", M::Weekday(7, 0)), ("sun", M::Weekday(7, CAPITAL | SHORT)),
    // Two letters: only before a date, and with a dot or a comma behind them.
    ("mo", M::Weekday(1, SHORT | RISKY)), ("di", M::Weekday(2, SHORT | RISKY)), ("mi", M::Weekday(3, SHORT | RISKY)), ("do", M::Weekday(4, SHORT | RISKY)),
    ("fr", M::Weekday(5, SHORT | RISKY)), ("sa", M::Weekday(6, SHORT | RISKY)), ("so", M::Weekday(7, SHORT | RISKY)),
    // Portuguese: days by number, which are days for sure only with `-feira` behind them.
    ("segunda", M::Weekday(1, RISKY)), ("terca", M::Weekday(2, RISKY)), ("quarta", M::Weekday(3, RISKY)), ("quinta", M::Weekday(4, RISKY)), ("sexta", M::Weekday(5, RISKY)),

    ("one eins ein eine einem einer einen un une uno una um uma", M::Number(1)),
    ("two zwei deux dos due dois duas", M::Number(2)),
    ("three drei trois tres tre", M::Number(3)),
    ("four vier quatre cuatro quattro quatro", M::Number(4)),
    ("five funf fuenf cinq cinco cinque", M::Number(5)),
    ("six sechs seis sei", M::Number(6)),
    ("seven sieben sept siete sette sete", M::Number(7)),
    ("eight acht huit ocho otto oito", M::Number(8)),
    ("nine neun neuf nueve nove", M::Number(9)),
    ("ten zehn dix diez dieci dez", M::Number(10)),
    ("eleven elf onze once undici", M::Number(11)),
    ("twelve zwolf zwoelf douze doce dodici doze", M::Number(12)),
    ("thirteen dreizehn treize trece tredici treze", M::Number(13)),
    ("fourteen vierzehn quatorze catorce quattordici catorze", M::Number(14)),
    ("fifteen funfzehn fuenfzehn quinze quince quindici", M::Number(15)),
    ("sixteen sechzehn seize dieciseis sedici dezasseis dezesseis", M::Number(16)),
    ("seventeen siebzehn diecisiete diciassette dezassete dezessete", M::Number(17)),
    ("eighteen achtzehn dieciocho diciotto dezoito", M::Number(18)),
    ("nineteen neunzehn diecinueve diciannove dezanove dezenove", M::Number(19)),
    ("twenty zwanzig vingt vingts veinte venti vinte", M::Number(20)),
    ("thirty dreissig dreißig trente treinta trenta trinta", M::Number(30)),
    ("forty fourty vierzig quarante cuarenta quaranta quarenta", M::Number(40)),
    ("fifty funfzig fuenfzig cinquante cincuenta cinquanta cinquenta", M::Number(50)),
    ("sixty sechzig soixante sesenta sessanta sessenta", M::Number(60)),
    ("seventy siebzig septante setenta settanta", M::Number(70)),
    ("eighty achtzig huitante octante ochenta ottanta oitenta", M::Number(80)),
    ("ninety neunzig nonante noventa novanta", M::Number(90)),
    ("hundred einhundert cent cien cento cem", M::Number(100)),
    ("a an ein eine einem einer einen eines un une una um uma uno", M::Role(ONE)),
    ("couple", M::Role(COUPLE)),

    ("seconds secs sekunden secondes segundos secondi", M::Unit(Unit::Second, 0)),
    ("second sekunde seconde segundo secondo", M::Unit(Unit::Second, SINGULAR)),
    ("minutes minute mins min minuten minutos minuto minuti", M::Unit(Unit::Minute, 0)),
    ("hour hours hr hrs stunde stunden std heures heure hora horas ora ore", M::Unit(Unit::Hour, 0)),
    ("day days tag tage tagen jour jours dia dias giorno giorni gg", M::Unit(Unit::Day, 0)),
    ("werktag werktage werktagen arbeitstag arbeitstage arbeitstagen", M::Unit(Unit::Day, WORKING)),
    ("week weeks wk wks woche wochen semaine semaines semana semanas settimana settimane", M::Unit(Unit::Week, 0)),
    ("fortnight fortnights", M::Unit(Unit::Fortnight, 0)),
    ("weekend wochenende", M::Unit(Unit::Weekend, 0)),
    ("month months monat monate monaten monats mois mes meses mese mesi", M::Unit(Unit::Month, 0)),
    ("year years yr yrs jahr jahre jahren jahres an ans annee annees ano anos anno anni", M::Unit(Unit::Year, 0)),
    ("giorno giorni gg settimana settimane mese mesi anno anni ora ore minuti secondi", M::Role(ITALIAN)),
    ("heure heures jour jours semaine semaines mois an ans annee annees secondes minutes", M::Role(FRENCH)),
    ("an mes dia ora anno mese giorno minuto ano jour heure hora annee semana settimana semaine woche monat jahr tag stunde werktag arbeitstag", M::Role(SINGULAR)),
    ("business working ouvres ouvre ouvrables habiles laborables lavorativi uteis", M::Role(WORKING)),

    ("today heute oggi hoy hoje", M::Day(0)),
    ("tomorrow tmrw tmr tomorow morgen domani demain manana amanha", M::Day(1)),
    ("yesterday gestern ieri ayer ontem hier", M::Day(-1)),
    ("ubermorgen uebermorgen dopodomani", M::Day(2)),
    ("vorgestern anteayer antier anteontem altroieri avantieri", M::Day(-2)),
    ("tonight tonite stasera", M::DayPart(0, Part::Evening)),
    ("stamattina stamane", M::DayPart(0, Part::Morning)),
    ("stanotte", M::DayPart(0, Part::Night)),
    ("anoche", M::DayPart(-1, Part::Night)),
    ("morning morgen morgens fruh frueh vormittag vormittags matin manana madrugada mattina mattino manha", M::Part(Part::Morning)),
    ("mittag mittags", M::Part(Part::Noon)),
    ("afternoon nachmittag nachmittags tarde pomeriggio", M::Part(Part::Afternoon)),
    ("evening abend abends soir soiree sera", M::Part(Part::Evening)),
    ("night nacht nachts nuit noche notte noite", M::Part(Part::Night)),
    ("good guten gute guter schonen schoene schone buenas buenos bom boa buona buon bonne bon feliz", M::Role(GREETING)),
    ("ends ending ended endet endend termina terminada finit", M::Role(ENDING)),
    ("the day apres avant aujourd pasado depois l meia meio", M::Role(FIXED)),
    ("anderthalb eineinhalb zweieinhalb dreieinhalb viereinhalb", M::Role(FIXED)),
    ("viertelstunde dreiviertelstunde dreiviertel", M::Role(QUARTER)), ("quarters quarts cuartos quarti quartos", M::Role(PIECE)),
    ("moins menos meno or oder ou pendant durante during wahrend dauerte dauert took lasted dure duro attente espera attesa retard retraso ritardo atraso wartezeit verspatung", M::Role(PIECE)),
    ("lun mar mer mie mier gio jeu jue ven vie sam sab dim dom seg qui sex kw kalenderwoche calendar antes", M::Role(FIXED)),
    ("originally ursprunglich eta deadline termin datum fecha echeance scadenza it is ist u quinze been week", M::Role(PIECE)),
    ("street road avenue lane boulevard terrace crescent ave", M::Role(STREET)), ("close drive place court way hill square gardens st rd mews", M::Role(STREET | RISKY)),
    ("via viale piazza rua avenida praca calle rue avenue strasse platz", M::Role(STREET_OF)), ("place plaza boulevard", M::Role(STREET_OF | RISKY)),
    ("time times first once twice second third fourth fifth mal fois vez veces volta volte vezes", M::Role(REPEAT)),
    ("p m feira fim que y hui altro clock old huit aujourd apres avant depois meia soir midi noite dia end settimana semana ouvre hier plazo cent por cento ciento para pour", M::Role(PIECE)),
    ("noon midday mittag midi mediodia mezzogiorno", M::Role(NOON)),
    ("midnight mitternacht minuit medianoche mezzanotte", M::Role(MIDNIGHT)),

    ("st nd rd th er ere e o a te ten ter de", M::Role(ORDINAL)),
    ("of de di del d do da dell des du", M::Role(OF)),
    ("the der den dem die das le la les el los las il lo gli l o os as", M::Role(ARTICLE)),
    ("los les gli aos nas", M::Role(PLURAL)),
    ("every each jeden jede jedes jeder chaque cada ogni todos todas tous toutes toda todo alle", M::Role(EVERY)),
    ("at um a las alle as ao gegen vers sobre verso around about circa ca ore hacia approx", M::Role(AT)),
    ("to until till til through thru bis au a al alle as ate hasta jusqu fino", M::Role(TO)),
    ("and und et y e", M::Role(AND)),
    ("between zwischen entre tra fra", M::Role(BETWEEN)),
    ("from von vom de du dal dalle dalla desde das del ab between zwischen entre tra fra", M::Role(FROM)),
    ("since seit depuis desde da dal dalla dallo", M::Role(SINCE)),
    ("in dans en em dentro tra fra daqui", M::Role(IN)),
    ("on by since from until till before after apres dopo despues depois due dated starting effective am vom bis ab zum seit den der dem le du au el del al il dal dia em desde ate hasta fino through per", M::Role(CUE)),
    ("in im en em a ad since until till seit bis depuis desde da dal entro des courant ab before after around until through ate hasta il zum no", M::Role(IN_MONTH)),
    ("in im en em nel jahr year annee ano anno since seit depuis desde dal until till bis hasta ate jusqu before after from il from", M::Role(YEAR_CUE)),
    ("next nachste nachsten nachster nachstes nachstem naechste naechsten naechster naechstes naechstem kommende kommenden kommender kommendes kommendem prochain prochaine proximo proxima prossimo prossima coming upcoming", M::Role(NEXT)),
    ("last past letzte letzten letzter letztes letztem vergangene vergangenen vergangener vergangenes dernier derniere passe passee pasado pasada passado passada scorso scorsa ultimo ultima", M::Role(LAST)),
    ("this diese diesen dieser dieses diesem ce cet cette este esta questo questa neste nesta deste desta", M::Role(THIS)),
    ("viene entra vem", M::Role(COMING)),
    ("end beginning start middle early mid late anfang mitte ende debut mi fin fim finales final fines mediados principios comienzos inicio inicios fine meta inizio meados", M::Role(EDGE)),
    ("ago fa atras", M::Role(AGO)),
    ("vor hace ha", M::Role(BACK)),
    ("now jetzt", M::Role(NOW)),
    ("for since within seit innerhalb depuis pendant durante per da por sous entro wahrend waehrend desde nach after during dauert", M::Role(FOR)),
    ("am", M::Role(AM)), ("pm", M::Role(PM)), ("uhr", M::Role(UHR)), ("h", M::Role(H)),
    ("half halb halbe halben halber media medio demi demie meia meio mezz mezza mezzo", M::Role(HALF)),
    ("quarter viertel quart cuarto quarto", M::Role(QUARTER)),
    ("past nach after", M::Role(PAST)),
    ("to vor before", M::Role(SHORT_OF)),
    ("version versions ver v firmware build release update updates driver ios android ubuntu debian kernel rev sdk api npm node python chrome windows office treiber treiberversion aktualisierung actualizacion aggiornamento atualizacao versione versao section clause chapter paragraph article artikel articulo articolo artigo art ref reference referenz referencia referencia rif part teilenummer model modell sku norm din iso rfc ip ipv serial code codice codigo no nr number ratio scale score psalm genesis john matthew luke mark aspect verhaltnis massstab stand", M::Role(NOT_DATE)),
    ("format formato bild bildformat bildschirm display screen monitor monitore schermo ecran ecra pantalla tela resolution auflosung", M::Role(NOT_DATE)),
    ("black good cyber ruby tgi tfi easter sheffield happy taco casual freaky blue manic herr frau herrn mr mrs ms don dona senor senora placido san santo santa ash fat palm super g i times roast addams gras school dinner", M::Role(PROPER)),

    // Which language a weekday is of, and the words by which it lies back or ahead.
    ("monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun", M::Tongue(EN)),
    ("montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag", M::Tongue(DE)),
    ("lundi mardi mercredi jeudi vendredi samedi dimanche", M::Tongue(FR)),
    ("lunes martes miercoles jueves viernes sabado domingo", M::Tongue(ES)),
    ("lunedi martedi mercoledi giovedi venerdi sabato domenica", M::Tongue(IT)),
    ("segunda terca quarta quinta sexta sabado domingo", M::Tongue(PT)),
    ("was were had did didn didnt wasn wasnt weren werent hadn couldn couldnt said told came broke spoke promised called rang went got sent paid bought left took lost ordered arrived cancelled canceled stopped started crashed failed happened emailed texted phoned visited purchased shipped received missed requested reported complained waited asked tried turned dropped picked signed posted installed replaced showed worked delivered returned charged contacted died fell gave saw met made wrote knew thought heard found ran brought kept sat stood stayed flew landed drove refunded submitted collected fixed ended expired declined bounced froze", M::Past(EN)),
    ("will ll shall going gonna can cant cannot could should would d may might must please pls plz need needs want wants wanna hope hoping let lets be being is are am isn aren arent won wont planning plan plans scheduled expect expected expecting due next tomorrow tmrw if wondering looking like happy available arriving been confirmed moved rescheduled postponed arranged booked", M::Ahead(EN)),
    ("war waren wurde wurden kam kamen ging gingen sagte sagten hatte hatten rief riefen schrieb bekam fiel blieb stand brachte versprach gab hiess fand lief", M::Past(DE)),
    ("gekommen gegangen gewesen ausgefallen angekommen erschienen aufgetaucht", M::Past(DE)),
    ("wird werden werde wirst werdet kann kannst konnen konnt konnte konnten mochte mochten mochtest will willst wollen wollte wollten soll sollen sollte sollten muss mussen brauche brauchen bitte wenn falls ob gern gerne hoffe hoffen darf durfen nachste geplant bestatigt vereinbart verschoben gebucht reserviert", M::Ahead(DE)),
    ("hat habe hab haben habt", M::Has(DE)),
    ("bestellt verschickt versprochen erhalten bekommen verloren vergessen bezahlt storniert reklamiert repariert versucht verkauft erreicht beschwert verpasst", M::Done(DE)),
    ("etait etais etions etaient avait avais avaient fut", M::Past(FR)),
    ("va vas vont allez allons vais peut peux pouvez pourrait pourriez pourrez pourra sera serai serez seront serait seriez veux veut voulez voudrais voudrait faut faudra faudrait dois doit devez si prevu prevue prevus prochain demain svp merci aura viendra viendrez livrera ferez arrivera confirme confirmee fixe fixee decale decalee reporte reportee", M::Ahead(FR)),
    ("a ai as ont avons avez", M::Has(FR)), ("est sont suis", M::Is(FR)),
    ("dit fait eu recu vu pris mis promis ecrit repondu vendu attendu perdu rendu plu", M::Done(FR)),
    ("venu venue venus passe passee passes arrive arrivee arrives parti partie partis alle allee tombe tombee reste restee revenu revenue", M::Gone(FR)),
    ("fue fui fueron estuvo estuve dijo dije dijeron vino vine vinieron hizo hice hicieron tuvo tuve tuvieron habia habian era trajo pude pudo puso dio", M::Past(ES)),
    ("puede pueden podria podrian puedo podemos va van voy vamos quiero quieren quiere queria quisiera necesito necesita necesitamos antes proximo manana tiene tengo tenemos debe favor si confirmado confirmada aplazado aplazada", M::Ahead(ES)),
    ("ha he han hemos", M::Has(ES)), ("hecho dicho visto roto puesto abierto escrito vuelto", M::Done(ES)),
    ("era erano aveva avevano avevo disse dissero", M::Past(IT)),
    ("puo possono potete potrebbe potreste posso possiamo vorrei vorremmo voglio vuole deve devo devono dovete entro prossimo domani serve favore se confermato confermata spostato spostata fissato fissata", M::Ahead(IT)),
    ("ha ho hanno abbiamo avete hai", M::Has(IT)), ("e sono siamo", M::Is(IT)),
    ("detto fatto messo preso perso scritto visto chiesto risposto speso promesso", M::Done(IT)),
    ("venuto venuta venuti arrivato arrivata arrivati partito partita andato andata andati stato stata stati rotto rotta passato passata caduto caduta tornato tornata successo", M::Gone(IT)),
    ("foi foram fui veio vieram vim disse disseram fez fizeram teve tive tiveram esteve estive estava estavam era eram tinha tinham deu recebeu recebi perdeu vendeu falei liguei comprei paguei mandei enviei fiquei cheguei esperei encomendei reclamei pedi", M::Past(PT)),
    ("pode podem posso poderia poderiam podemos vai vao vou vamos quero querem queria gostaria preciso precisamos precisa antes proxima proximo amanha favor deve devem conseguem confirmado confirmada marcado marcada marcaram adiado adiada", M::Ahead(PT)),
    ("for by fur auf zum ab pour avant para antes per entro prima about uber", M::Role(TOWARDS)),
    ("that because but so dass weil aber denn que car mais parce pero porque che ma mas", M::Role(CLAUSE)),
    ("said say says told promised quoted agreed dit promis detto hiess sagte sagten dijo dijeron disse disseram offered versprochen promise promesso prometieron prometeram delivery slot appointment all una delle als mehr weniger langer man friday", M::Role(PIECE)),

    ("train trains bus flight tram ferry coach departure service appointment slot class session meeting screening", M::Hint(Hint::Service)),
    ("zug bahn flug flieger fahre faehre termin kurs vorstellung ice regionalzug regionalbahn sbahn", M::Hint(Hint::Service)),
    ("vol car navette avion bateau tgv ter seance cours creneau rdv", M::Hint(Hint::Service)),
    ("tren autobus vuelo barco ferri ave autocar clase sesion funcion cita misa", M::Hint(Hint::Service)),
    ("treno regionale frecciarossa intercity italo volo aereo traghetto corsa corriera messa spettacolo appuntamento lezione", M::Hint(Hint::Service)),
    ("comboio trem autocarro onibus voo aviao barca missa sessao aula consulta camioneta", M::Hint(Hint::Service)),

    ("notice period delay wait term deadline contract subscription warranty guarantee trial stay maximum minimum average total", M::Hint(Hint::Length)),
    ("frist zeitraum dauer laufzeit wartezeit verspatung lieferzeit garantie vertrag abo maximal durchschnitt", M::Hint(Hint::Length)),
    ("preavis delai duree periode attente retard engagement contrat abonnement bout plus moins sejour pause coupure prolongation essai trajet", M::Hint(Hint::Length)),
    ("preaviso plazo duracion periodo espera retraso contrato suscripcion garantia mas menos cabo demora compromiso prueba corte estancia margen", M::Hint(Hint::Length)),
    ("preavviso termine durata attesa ritardo contratto abbonamento garanzia piu meno prova soggiorno proroga vincolo", M::Hint(Hint::Length)),
    ("aviso prazo duracao atraso assinatura mais menos cerca estadia fidelizacao interrupcao", M::Hint(Hint::Length)),
    ("surname nachname familienname madchenname lastname maiden apellido apellidos cognome sobrenome apelido name familie", M::Hint(Hint::Surname)),
    ("over almost nearly than approximately fast beinahe knapp uber etwa ungefahr ungefaehr presque environ casi quasi circa quase aproximadamente", M::Hint(Hint::Nearly)),

    ("dollar dollars bucks buck", M::Currency("$")),
    ("euro euros eur euri", M::Currency("EUR")), ("quid gbp sterling", M::Currency("GBP")), ("pound pounds", M::Currency("GBP?")),
    ("usd", M::Currency("USD")), ("chf franken", M::Currency("CHF")), ("jpy yen", M::Currency("JPY")), ("cad", M::Currency("CAD")),
    ("aud", M::Currency("AUD")), ("nzd", M::Currency("NZD")), ("cny yuan rmb", M::Currency("CNY")), ("inr rupees rupee rupien", M::Currency("INR")),
    ("brl reais", M::Currency("BRL")), ("mxn", M::Currency("MXN")), ("sek", M::Currency("SEK")), ("nok", M::Currency("NOK")),
    ("dkk", M::Currency("DKK")), ("pln zloty zl złoty", M::Currency("PLN")), ("czk", M::Currency("CZK")), ("huf", M::Currency("HUF")),
    ("ron", M::Currency("RON?")), ("bgn", M::Currency("BGN")), ("try", M::Currency("TRY?")), ("rub rubles roubles", M::Currency("RUB")), ("uah", M::Currency("UAH")),
    ("zar", M::Currency("ZAR")), ("sgd", M::Currency("SGD")), ("hkd", M::Currency("HKD")), ("krw", M::Currency("KRW")), ("thb", M::Currency("THB")),
    ("aed", M::Currency("AED")), ("sar", M::Currency("SAR?")), ("ils", M::Currency("ILS?")), ("ars", M::Currency("ARS?")), ("clp", M::Currency("CLP?")),
    ("cop", M::Currency("COP?")), ("pen", M::Currency("PEN?")), ("php", M::Currency("PHP?")), ("kr kronor kroner", M::Currency("kr")), ("pesos", M::Currency("peso")),
    ("k thousand tausend mille mil mila", M::Role(THOUSAND)),
    ("m mn mio million millionen millions millones milioni milhoes", M::Role(MILLION)),
    ("bn mrd billion billions milliarden milliards miliardi", M::Role(BILLION)),
    ("percent pct prozent", M::Role(PERCENT)),

    ("order orders purchase bestellung bestellnummer bestell bestellnr auftrag auftragsnummer commande pedido ordine encomenda", M::Cue(Kind::Order)),
    ("invoice invoices bill receipt rechnung rechnungsnummer rechnungsnr facture factura fattura fatura", M::Cue(Kind::Invoice)),
    ("tracking parcel shipment consignment waybill sendungsnummer sendung paketnummer trackingnummer sendungsnr paket suivi seguimiento rastreo rastreamento rastreio tracciamento spedizione colis ups fedex dhl usps dpd hermes gls", M::Cue(Kind::Tracking)),
    ("ticket case incident ticketnummer vorgang vorgangsnummer fallnummer dossier expediente pratica protocolo protocollo caso reclamacion", M::Cue(Kind::Ticket)),
    ("booking reservation confirmation pnr locator buchung buchungsnummer buchungscode reservierung reservierungsnummer reserva prenotazione", M::Cue(Kind::Booking)),
    ("account customer member membership kundennummer kundennr kundenkonto konto kontonummer vertragsnummer mitgliedsnummer cuenta cliente conto conta", M::Cue(Kind::Account)),
    ("zip postcode zipcode plz postleitzahl postal cep cap cp", M::Cue(Kind::Postcode)),
    ("number numbers no nr num id code ref reference n nummer numero n° numer locator codigo codice referenz", M::Role(NUMBER)),
    ("is my was the de del di da la le du est ist lautet es e for with of", M::Role(LINK)),
    ("phone tel telefon telefono telefone telephone cell mobile mob handy fijo telemovel cellulare celular movil portable whatsapp call text sms fax ring dial rufen anrufen appelez llamar chiamare ligar reach nummer number numero", M::Role(PHONE)),
];

/// The days of the week in German, which parts of the day are joined to: `Freitagabend`.
const GERMAN_WEEKDAYS: [&str; 7] =
    ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"];
const GERMAN_PARTS: [(&str, Part); 6] = [
    ("morgen", Part::Morning),
    ("vormittag", Part::Morning),
    ("mittag", Part::Noon),
    ("nachmittag", Part::Afternoon),
    ("abend", Part::Evening),
    ("nacht", Part::Night),
];

/// Units as they stand in numbers of one word.
const GERMAN_UNITS: [(&str, u8); 10] = [
    ("ein", 1),
    ("zwei", 2),
    ("drei", 3),
    ("vier", 4),
    ("funf", 5),
    ("fuenf", 5),
    ("sechs", 6),
    ("sieben", 7),
    ("acht", 8),
    ("neun", 9),
];
const GERMAN_TENS: [(&str, u8); 9] = [
    ("zwanzig", 20),
    ("dreissig", 30),
    ("vierzig", 40),
    ("funfzig", 50),
    ("fuenfzig", 50),
    ("sechzig", 60),
    ("siebzig", 70),
    ("achtzig", 80),
    ("neunzig", 90),
];
const ITALIAN_UNITS: [(&str, u8); 10] = [
    ("uno", 1),
    ("un", 1),
    ("due", 2),
    ("tre", 3),
    ("quattro", 4),
    ("cinque", 5),
    ("sei", 6),
    ("sette", 7),
    ("otto", 8),
    ("nove", 9),
];
const ITALIAN_TENS: [(&str, u8); 8] = [
    ("venti", 20),
    ("trenta", 30),
    ("quaranta", 40),
    ("cinquanta", 50),
    ("sessanta", 60),
    ("settanta", 70),
    ("ottanta", 80),
    ("novanta", 90),
];
const SPANISH_UNITS: [(&str, u8); 11] = [
    ("uno", 1),
    ("un", 1),
    ("una", 1),
    ("dos", 2),
    ("tres", 3),
    ("cuatro", 4),
    ("cinco", 5),
    ("seis", 6),
    ("siete", 7),
    ("ocho", 8),
    ("nueve", 9),
];

/// Numbers that tens and units make one word of: `fünfundvierzig`, `quarantacinque`, `veinticinco`.
fn joined_numbers() -> Vec<(String, u8)> {
    let mut numbers = Vec::new();
    for (tens, ten) in GERMAN_TENS {
        numbers.extend(GERMAN_UNITS.map(|(unit, one)| (format!("{unit}und{tens}"), ten + one)));
    }
    for (tens, ten) in ITALIAN_TENS {
        numbers.extend(ITALIAN_UNITS.map(|(unit, one)| (italian_joined(tens, unit), ten + one)));
    }
    numbers.extend(SPANISH_UNITS.map(|(unit, one)| (format!("veinti{unit}"), 20 + one)));
    numbers
}

/// The tens lose their last vowel before another: `ventuno`, `trentotto`.
fn italian_joined(tens: &str, unit: &str) -> String {
    let elided = unit.starts_with(['u', 'o']);
    let tens = if elided { &tens[..tens.len() - 1] } else { tens };
    format!("{tens}{unit}")
}

/// The table, ready to be asked.
#[derive(Debug, Clone)]
pub(super) struct Words {
    places: FxHashMap<Cow<'static, str>, u16>,
    entries: Vec<Entry>,
}

impl Words {
    pub(super) fn new() -> Self {
        let mut words = Self { places: FxHashMap::default(), entries: vec![Entry::default()] };
        for (row, meaning) in TABLE {
            for word in row.split(' ') {
                meaning.add_to(words.entry_mut(Cow::Borrowed(word)));
            }
        }
        for (day, weekday) in GERMAN_WEEKDAYS.iter().zip(1..) {
            for (name, part) in GERMAN_PARTS {
                let entry = words.entry_mut(Cow::Owned(format!("{day}{name}")));
                (entry.weekday, entry.part, entry.roles) = (weekday, Some(part), CAPITAL);
                entry.tense.tongue = DE;
            }
        }
        for (name, number) in joined_numbers() {
            words.entry_mut(Cow::Owned(name)).number = number;
        }
        for entry in &mut words.entries {
            entry.starts = entry.starts_time();
        }
        words
    }

    /// The entry of a word, made where there is none.
    fn entry_mut(&mut self, word: Cow<'static, str>) -> &mut Entry {
        let entries = &mut self.entries;
        let place = *self.places.entry(word).or_insert_with(|| {
            entries.push(Entry::default());
            (entries.len() - 1) as u16
        });
        &mut self.entries[usize::from(place)]
    }

    /// The place of a folded word; 0 for a word without a meaning.
    pub(super) fn place(&self, folded: &str) -> u16 {
        self.places.get(folded).copied().unwrap_or(0)
    }

    pub(super) fn entry(&self, place: u16) -> &Entry {
        &self.entries[usize::from(place)]
    }
}

impl Meaning {
    fn add_to(&self, entry: &mut Entry) {
        match *self {
            Self::Month(month, roles) => {
                entry.month = entry.month.max(month);
                entry.roles |= roles;
            }
            Self::Weekday(day, roles) => {
                entry.weekday = day;
                entry.roles |= roles;
            }
            Self::Number(number) => entry.number = number,
            Self::Unit(unit, roles) => {
                entry.unit = Some(unit);
                entry.roles |= roles;
            }
            Self::Day(day) => entry.day = Some(day),
            Self::DayPart(day, part) => {
                entry.day = Some(day);
                entry.part = Some(part);
            }
            Self::Part(part) => entry.part = Some(part),
            Self::Currency(code) => entry.currency = Some(code),
            Self::Cue(kind) => entry.cue = Some(kind),
            Self::Role(roles) => entry.roles |= roles,
            Self::Tongue(languages) => entry.tense.tongue |= languages,
            Self::Past(languages) => entry.tense.past |= languages,
            Self::Ahead(languages) => entry.tense.ahead |= languages,
            Self::Has(languages) => entry.tense.has |= languages,
            Self::Is(languages) => entry.tense.is |= languages,
            Self::Done(languages) => entry.tense.done |= languages,
            Self::Gone(languages) => entry.tense.gone |= languages,
            Self::Hint(hint) => entry.hint = Some(hint),
        }
    }
}
