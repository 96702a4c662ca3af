"""What the furniture of newsletters says, in the languages they are most often written in.

``BUTTONS`` and ``SITE_LINKS`` are whole texts of links and buttons (the second are furniture only
where they are links); ``NOTICES`` are parts of sentences. Apostrophes are straight, letters small.
"""

import re
from collections.abc import Iterable

_NETWORK = (
    r"facebook|twitter|x|instagram|linked ?in|you ?tube|tik ?tok|mastodon|threads|bluesky"
    r"|pinterest|reddit|whats ?app|telegram|xing|medium|discord|rss|e?mail|gmail|evernote"
)
_THIS = r"(?:this|the|today's|our|your|my)"
_ISSUE = (
    r"(?:e-?mail|newsletter|letter|bulletin|post|issue|message|article|edition|episode"
    r"|story|mail)s?"
)
_ONLINE = r"(?:browser|web ?browser|online|(?:on )?the web|web ?version|web|app|web ?site|substack)"
_COUNTED = r"(?:likes?|retweets?|restacks?|comments?|shares?|views?|replies|reactions|claps)"

_BUTTONS = (
    # leaving and settings
    r"un-?subscribe(?: (?:here|now|instantly|me|from .{1,40}))?|opt[- ]?out(?: here)?",
    rf"stop (?:getting|receiving) {_THIS}? ?(?:these )?{_ISSUE}",
    r"(?:manage|update|change|edit) (?:your |my )?(?:e?mail |subscription |communication "
    r"|newsletter"
    r" |delivery |notification )*(?:preferences|settings|subscriptions?|profile|address|details)",
    r"(?:e?mail |subscription )?(?:preferences|settings)(?: cent(?:er|re))?"
    r"|preference cent(?:er|re)",
    # elsewhere
    rf"(?:view|read|open|see|watch) (?:{_THIS} )?(?:{_ISSUE} )?(?:it )?(?:in |on |with )?"
    rf"(?:{_THIS} |a )?{_ONLINE}",
    r"view online|web ?version|online version|trouble viewing.{0,60}|view in browser",
    # joining
    r"(?:subscribe|sign ?up|join)(?: (?:now|here|today|for free|to .{1,50}))?",
    r"log ?in|sign in|register|upgrade(?: (?:now|to (?:paid|premium|pro)))?",
    r"(?:get|start) .{0,20}free trial.{0,30}|get \d+% off.{0,40}|give a gift subscription",
    r"become a (?:paid |free )?(?:subscriber|member)|pledge your support|get the app|start writing",
    # sharing and answering
    rf"share(?: {_THIS})?(?: {_ISSUE})?(?: (?:on .{{1,20}}|with a friend|now))?",
    r"share .{1,50} newsletter|share .{1,40} with a friend|refer a friend|(?:re)?tweet(?: this)?",
    rf"forward(?: {_THIS} {_ISSUE})?(?: to a friend)?|restack|repost|pin it|copy link",
    rf"(?:leave|post|write|add) a comment|comments?(?: \(?\d+\)?)?|\d[\d.,]* {_COUNTED}",
    rf"follow(?: (?:us|me))?(?: on (?:{_NETWORK}))?|like (?:us )?on (?:{_NETWORK})",
    r"(?:read|load|see|show) (?:more|all)(?: (?:comments|posts|issues))?|see all|back to top",
    r"skip to (?:main )?content|publish on .{1,30}|(?:powered|sent) (?:by|with|using) .{1,30}",
    # German
    r"(?:jetzt |hier |vom newsletter |newsletter )?(?:abmelden|abbestellen|austragen)",
    r"(?:(?:e-?mail|newsletter) )?(?:(?:im|in ihrem|in deinem) browser|online|web(?:version"
    r"|ansicht)"
    r"|online-?version)(?: (?:ansehen|öffnen|anzeigen|lesen|betrachten))?",
    r"(?:profil|einstellungen|daten|abo|newsletter)(?:daten)? (?:ändern|bearbeiten|verwalten"
    r"|aktualisieren|weiterempfehlen)",
    r"jetzt (?:abonnieren|anmelden)|(?:newsletter )?(?:abonnieren|weiterleiten|weiterempfehlen"
    r"|teilen|kommentieren)|zu kontakten hinzufügen",
    # French, Spanish, Italian, Portuguese, Dutch
    r"se désabonner|désabonnement|se désinscrire|voir .{0,30}navigateur|version en ligne|s'abonner",
    r"darse de baja|cancelar (?:la )?suscripción|ver en (?:el|tu|su) navegador|suscr[íi]bete",
    r"annulla (?:l')?iscrizione|disiscriviti|(?:visualizza|apri) nel browser|iscriviti",
    r"cancelar (?:a )?(?:inscrição|subscrição|assinatura)|descadastrar|ver no navegador",
    r"afmelden|uitschrijven|bekijk .{0,30}browser|bekijk online|voorkeuren (?:aanpassen|wijzigen)",
)

_SITE_LINKS = (
    _NETWORK,
    r"privacy(?: (?:policy|notice|statement))?|terms(?: (?:of (?:service|use)|(?:and"
    r"|&) conditions))?",
    r"imprint|legal(?: notice)?|contact(?: us)?|advertise(?: (?:with us|here))?|faqs?"
    r"|help(?: center)?",
    r"(?:sponsor|support) us|report (?:abuse|spam)|cookie (?:policy|settings)|about(?: us)?|home",
    r"archive|newsletters?|blog|jobs|careers|like|share|reply|save|previous|next|here|click here",
    r"impressum|datenschutz(?:erklärung|hinweise?)?|agb|kontakt|anmelden|hier|mentions légales",
    r"partager|compartir|condividi|compartilhar|partilhar|delen|confidentialité|privacidad",
)

_NOTICES = (
    # why one got it, how to leave
    r"\bunsubscribe\b.{0,60}\b(?:here|below|link|list|any ?time|click|preferences|e-?mails?)\b",
    r"\b(?:click|here|want|longer|wish|can|your preferences or|time|to) .{0,60}\bunsubscribe\b",
    r"\byou(?:'re| are|'ve| have)? (?:\w+ ){0,2}(?:received?|receiving|getting|got) (?:\w+ ){0,3}"
    rf"{_ISSUE} (?:.{{0,50}})?\b(?:because|since|as (?:a|you)|from)\b",
    r"\byou(?:'re| are) (?:\w+ )?(?:subscribed to|receiving) ",
    rf"\bwas this {_ISSUE} (?:\w+ )?forwarded|\bforwarded this {_ISSUE}\b|did (?:someone"
    rf"|a friend) forward",
    rf"\b(?:don't|no longer|do not) (?:want|wish)(?: to)?(?: \w+)? (?:these|this|such|our"
    rf"|future) {_ISSUE}",
    r"\b(?:why did i get this|this e?mail was sent to|no longer interested in receiving)\b",
    rf"^\W*(?:read|view|open) (?:this|it) (?:{_ISSUE} )?(?:on|in) (?:my|our|the|your)"
    r" (?:web ?site|web|browser|blog)\b",
    # begging and asking
    r"\bthanks? (?:you )?for reading\b.{0,80}\b(?:subscribe|is public)\b",
    r"\bis public so feel free to share\b|\breceive new posts and support\b|\breader-supported\b",
    rf"\bif you (?:liked|enjoyed|like|enjoy|love|loved) {_THIS} {_ISSUE}.{{0,60}}\b(?:share"
    rf"|forward)",
    r"\bjoin \d[\d.,]*[km+]* .{0,20}(?:readers|subscribers|people|others)\b",
    rf"\bfollow .{{1,40}} on (?:social media|{_NETWORK})\b",
    # the house
    r"\bprotected by recaptcha\b|\brequires javascript\b|\benable javascript\b|turn on javascript",
    r"\b(?:mailing|postal|business) address is\b|\ball rights reserved\b"
    r"|\balle rechte vorbehalten\b",
    r"\btous droits réservés\b|\btodos los derechos reservados\b|\btutti i diritti riservati\b",
    r"©|\bcopyright (?:\(c\) )?(?:19|20)\d\d\b|\(c\) (?:19|20)\d\d\b",
    rf"\b(?:having )?trouble (?:viewing|reading) {_THIS}|\b{_ISSUE} (?:does not|doesn't"
    rf"|not) display",
    r"\badd (?:us|.{3,60}@.{3,60}) to your (?:address book|contacts|safe)",
    r"\bsponsorship has no influence\b|\binterested in (?:advertising|sponsoring)\b",
    r"\bwant to (?:advertise|sponsor)\b|\bwe use cookies\b|\baccept (?:all )?cookies\b",
    # German
    r"\b(?:erhältst|erhalten|bekommst|bekommen|haben|hast) (?:sie |du )?(?:diese[nr]?|die|unseren?)"
    r" (?:e-?mail|newsletter|nachricht|mail)\b",
    r"\b(?:wenn|falls|möchte[nst]*|woll(?:en|t)|willst)\b.{0,120}\b(?:abmelden|abbestellen"
    r"|nicht mehr"
    r" (?:erhalten|bekommen))",
    r"\b(?:abmelden|abbestellen|austragen) (?:können|kannst|möchte)|\bhier (?:abmelden"
    r"|abbestellen)",
    r"\b(?:klicken? (?:sie )?(?:bitte )?hier|hier klicken)\b.{0,60}(?:browser|lesen|anzeige"
    r"|ansehen)",
    r"\b(?:abzumelden|abzubestellen|auszutragen)\b.{0,60}\b(?:hier|link)",
    r"\b(?:nicht|kein\w*) .{0,30}(?:korrekt|richtig|vollständig) (?:angezeigt|dargestellt)",
    # French, Spanish, Italian, Portuguese, Dutch
    r"\bvous recevez (?:cet?|ce) .{0,60}\b(?:car|parce)|\brecibes? este .{0,60}\bporque",
    r"\bricev[ie] questa .{0,60}\bperch|\bje ontvangt .{0,60}\bomdat|\brecebe\w* .{0,60}\bporque",
)

_SPONSOR_LABELS = (
    rf"(?:{_THIS} {_ISSUE} (?:is )?|.{{0,40}}\b(?:is|are) )?"
    r"(?:presented|sponsored|brought to you) by\b.{0,60}",
    r"(?:a|our) (?:message|word) from (?:our (?:sponsor|partner)s?|.{1,40})",
    r"together with.{0,40}|in partnership with .{1,40}",
    r"advertisement|sponsored(?: content)?|sponsor|ad|anzeige|werbung|partner content|publicité",
)


def _whole(parts: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{'|'.join(parts)})\W*", re.IGNORECASE)


BUTTONS = _whole(_BUTTONS)
SITE_LINKS = _whole(_SITE_LINKS)
LEGAL_LINKS = _whole(
    (
        r"privacy(?: (?:policy|notice|statement))?|terms(?: (?:of (?:service|use)|(?:and"
        r"|&) conditions))?",
        r"imprint|legal(?: notice)?|impressum|datenschutz(?:erklärung|hinweise?)?|agb",
        r"mentions légales|politique de confidentialité|(?:política|aviso) de privacidad"
        r"|privacybeleid",
    )
)
SPONSOR_LABELS = _whole(_SPONSOR_LABELS)
NOTICES = re.compile("|".join(_NOTICES), re.IGNORECASE)
ENDINGS = re.compile(
    r"un-?subscrib|opt[- ]?out|©|copyright|rights reserved|abmelden|abbestellen|austragen"
    r"|abzumelden|abzubestellen"
    r"|rechte vorbehalten|désabonn|désinscri|darse de baja|suscripción|iscrizione|disiscri"
    r"|uitschrijven|afmelden|descadastrar|forwarded|receiv\w* this|preferences|stop getting",
    re.IGNORECASE,
)
POLL = re.compile(
    rf".{{0,80}}\b(?:think of|thoughts on|rate|like|enjoy|how (?:was|did|would)|feedback on)\b"
    rf".{{0,30}}\b{_THIS} (?:\w+ )?{_ISSUE}.{{0,60}}",
    re.IGNORECASE,
)
COUNTER = re.compile(
    rf"\d[\d.,]*[km]?(?: {_COUNTED})?(?:[ ·∙,|]+\d[\d.,]*[km]? {_COUNTED})*", re.IGNORECASE
)
