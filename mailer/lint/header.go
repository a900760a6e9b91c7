package lint

import (
	"fmt"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// headerRules look at the fields of RFC 5322 and what the large providers ask of them.
var headerRules = []rule{
	{Rule{"header-missing", Error, "Date, From, To, Message-ID, Subject and MIME-Version are there", "RFC 5322 3.6, RFC 2045 4; Gmail's sender rules", "Add it."}, lookMissing},
	{Rule{"header-twice", Error, "A field that may stand once stands once: of two, each program shows another", "RFC 5322 3.6, RFC 2369 3.0; Gmail's sender rules", "Leave one."}, lookTwice},
	{Rule{"bcc", Error, "No Bcc: it names readers to each other", "RFC 5322 3.6.3", "Take it out."}, lookBcc},
	{Rule{"header-tells", Warning, "No field that tells what machine, program or person made the mail", "practice: it helps who attacks, and nobody else", "Take it out."}, lookTells},
	{Rule{"date", Error, "A Date with day, time and zone in numbers", "RFC 5322 3.3", "Write it as in: Fri, 27 Nov 2026 09:00:00 +0100"}, lookDate},
	{Rule{"date-ahead", Warning, "A Date that does not lie ahead", "SpamAssassin DATE_IN_FUTURE", "Set the machine's clock."}, lookDateAhead},
	{Rule{"from", Error, "One author, who is no one else's: From with one address", "Gmail's sender rules; RFC 9989", "Set the newsletter's \"from\"."}, lookFrom},
	{Rule{"from-gmail", Error, "Nobody mails from gmail.com but Gmail", "Gmail's sender rules", "Send from a domain of your own."}, lookFromGmail},
	{Rule{"from-name", Warning, "A sender's name, of plain words: no address, link or emoji", "Gmail's sender rules", "Set a name in the newsletter's \"from\" or \"title\"."}, lookFromName},
	{Rule{"from-noreply", Warning, "A sender who can be answered", "Outlook.com's requirements for high volumes (2025)", "Choose an address that people read."}, lookNoReply},
	{Rule{"addresses", Error, "To, Cc, Reply-To and Sender hold addresses", "RFC 5322 3.4", "Write it as in: Name <name@example.org>"}, lookAddresses},
	{Rule{"to-many", Error, "One reader in To and Cc: of several, each sees who the others are", "practice", "Send each reader a message."}, lookToMany},
	{Rule{"message-id", Error, "A Message-ID of the right form, at a public domain name: no machine of ours in it", "RFC 5322 3.6.4", "Write <something-unique@news.example.org>."}, lookMessageID},
	{Rule{"message-id-domain", Warning, "A Message-ID at the sender's domain", "RFC 5322 3.6.4; SpamAssassin", "Use the domain of From."}, lookMessageIDDomain},
	{Rule{"subject-long", Warning, "A subject that inboxes show whole: 70 characters", "Gmail shows about 70, phones 40", "Say it in fewer words."}, lookSubjectLong},
	{Rule{"subject-re", Error, "No Re: or Fwd: on what is no answer", "Gmail's sender rules; CAN-SPAM", "Take it out."}, lookSubjectRe},
	{Rule{"subject-caps", Warning, "A subject that does not shout", "SpamAssassin SUBJ_ALL_CAPS", "Use small letters."}, lookSubjectCaps},
	{SubjectPlaceholder, lookPlaceholder},
	{Rule{"mime-version", Error, "MIME-Version: 1.0", "RFC 2045 4", "Write 1.0."}, lookMIMEVersion},
	{Rule{"precedence", Warning, "No Precedence: junk", "RFC 2076 3.9", "Say bulk or list, or leave it out."}, lookPrecedence},
}

// SubjectPlaceholder is the rule about a subject that nobody has written. Who knows the
// newsletter finds more of them.
var SubjectPlaceholder = Rule{"subject-placeholder", Error, "A subject that somebody wrote: no Lorem, TODO, Test, Subject, nor the newsletter's name alone", "practice", "Write the subject: \"broadsheet edit\"."}

func lookMissing(m *mail, say say) {
	for _, name := range []string{"Date", "From", "To", "Message-ID", "Subject", "MIME-Version"} {
		if strings.TrimSpace(m.header().get(name)) == "" {
			say(name, "it is missing, or empty")
		}
	}
}

// once are the fields that may stand once.
var once = strings.Fields(`Date From Sender Reply-To To Cc Message-ID In-Reply-To References Subject MIME-Version
	Content-Type Content-Transfer-Encoding Content-ID Content-Disposition List-Id List-Unsubscribe
	List-Unsubscribe-Post List-Help List-Archive List-Post List-Owner List-Subscribe Feedback-ID Precedence Auto-Submitted`)

func lookTwice(m *mail, say say) {
	for _, name := range once {
		if n := len(m.header().all(name)); n > 1 {
			say(name, fmt.Sprintf("it stands %d times", n))
		}
	}
}

func lookBcc(m *mail, say say) {
	if m.header().has("bcc") {
		say("Bcc", "it is in the mail that readers get")
	}
}

// telling are the fields that tell too much; a star stands for any end.
var telling = []string{"x-mailer", "user-agent", "x-originating-ip", "x-originating-host", "x-php-*", "x-sender", "x-sender-ip", "x-source*", "x-authenticated-*", "x-newsreader", "x-mimeole", "x-get-message-sender-via"}

func lookTells(m *mail, say say) {
	for _, f := range m.header() {
		for _, t := range telling {
			start, open := strings.CutSuffix(t, "*")
			if name := strings.ToLower(f.name); name == t || open && strings.HasPrefix(name, start) {
				say(f.name, "it tells "+quote(f.value))
			}
		}
	}
}

var zone = lazyregexp.New(`[+-]\d{4}\s*(\(.*\))?$`)

func lookDate(m *mail, say say) {
	text := m.header().get("date")
	if text == "" {
		return
	}
	if _, err := netmail.ParseDate(text); err != nil || !zone.MatchString(text) {
		say("Date", quote(text)+" is no date with a zone")
	}
}

func lookDateAhead(m *mail, say say) {
	at, err := netmail.ParseDate(m.header().get("date"))
	if err == nil && !m.o.Now.IsZero() && at.After(m.o.Now.Add(24*time.Hour)) {
		say("Date", quote(m.header().get("date"))+" lies more than a day ahead")
	}
}

func lookFrom(m *mail, say say) {
	text := m.header().get("from")
	if text == "" {
		return
	}
	if all, err := addresses(text); err != nil {
		say("From", quote(text)+" is no address")
	} else if len(all) != 1 {
		say("From", fmt.Sprintf("it has %s addresses", figures.Of(len(all))))
	}
}

func lookFromGmail(m *mail, say say) {
	if from := m.from(); from != nil && (domain(from.Address) == "gmail.com" || domain(from.Address) == "googlemail.com") {
		say("From", "it is "+domain(from.Address))
	}
}

var oddName = lazyregexp.New(`@|https?://|[\x{1F000}-\x{1FAFF}\x{2600}-\x{27BF}]`)

func lookFromName(m *mail, say say) {
	switch from := m.from(); {
	case from == nil:
	case strings.TrimSpace(from.Name) == "":
		say("From", "the sender has no name")
	case oddName.MatchString(from.Name):
		say("From", quote(from.Name)+" holds an address, a link or an emoji")
	}
}

var noReply = lazyregexp.New(`(?i)^(no|do-?not)[-_.]?reply`)

func lookNoReply(m *mail, say say) {
	if from := m.from(); from != nil && noReply.MatchString(from.Address) && m.header().get("reply-to") == "" {
		say("From", "nobody reads its answers")
	}
}

func lookAddresses(m *mail, say say) {
	for _, name := range []string{"To", "Cc", "Reply-To", "Sender"} {
		text := m.header().get(name)
		if text == "" || strings.HasSuffix(strings.TrimSpace(text), ":;") { // an empty group
			continue
		}
		if _, err := addresses(text); err != nil {
			say(name, "it holds no address, or something beside it")
		}
	}
}

func lookToMany(m *mail, say say) {
	to, _ := addresses(m.header().get("to"))
	cc, _ := addresses(m.header().get("cc"))
	if n := len(to) + len(cc); m.isList && n > 1 {
		say("To", fmt.Sprintf("%s people are named in To and Cc", figures.Of(n)))
	}
}

var (
	messageID = lazyregexp.New(`^<[A-Za-z0-9!#$%&'*+/=?^_{|}~.` + "`" + `-]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+>$`)
	inside    = lazyregexp.New(`(?i)(^|[@.])(localhost|localdomain|local|lan|intern|internal|home|corp|private|test|invalid)>?$`)
)

func lookMessageID(m *mail, say say) {
	id := m.header().get("message-id")
	switch {
	case id == "":
	case !messageID.MatchString(id):
		say("Message-ID", quote(id)+" has not the form <left@domain.example>")
	case inside.MatchString(id):
		say("Message-ID", quote(id)+" names a machine inside")
	}
}

func lookMessageIDDomain(m *mail, say say) {
	from, id := m.from(), m.header().get("message-id")
	if from == nil || !messageID.MatchString(id) || inside.MatchString(id) {
		return
	}
	if right := domain(strings.TrimSuffix(id, ">")); organisation(right) != organisation(domain(from.Address)) {
		say("Message-ID", right+" is not under "+organisation(domain(from.Address)))
	}
}

// subject is the subject as readers see it.
func (m *mail) subject() string { return decoded(m.header().get("subject")) }

func lookSubjectLong(m *mail, say say) {
	if n := len([]rune(m.subject())); n > 70 {
		say("Subject", fmt.Sprintf("it has %s characters", figures.Of(n)))
	}
}

var answer = lazyregexp.New(`(?i)^\s*(re|fwd?|aw|wg|tr|sv|vs)\s*:`)

func lookSubjectRe(m *mail, say say) {
	if s := m.subject(); m.isList && answer.MatchString(s) {
		say("Subject", quote(s)+" pretends to be an answer")
	}
}

func lookSubjectCaps(m *mail, say say) {
	s := m.subject()
	letters := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			return
		}
		if unicode.IsUpper(r) {
			letters++
		}
	}
	if letters >= 4 {
		say("Subject", quote(s)+" is all capitals")
	}
}

var placeholder = lazyregexp.New(`(?i)^[\s\[(<{]*(lorem( ipsum.*)?|todo\b.*|fixme\b.*|tbd|tbc|xxx+|test(ing)?|test[ -]?(mail|email|message|newsletter|subject)|subject( line)?( here| goes here)?|(your|the|enter|insert|add|write)( a| the| your)? subject( line)?( here)?|no subject|untitled|placeholder|headline|title|new (edition|newsletter|campaign)|betreff|objet|тема|тест|الموضوع)[\s\])>}.!:]*(\d+)?\s*$`)

// Placeholder tells whether words are what stands where nobody has written any yet:
// "Lorem ipsum", "TODO", "Test", "Subject".
func Placeholder(words string) bool { return placeholder.MatchString(words) }

func lookPlaceholder(m *mail, say say) {
	if s := m.subject(); Placeholder(s) {
		say("Subject", quote(s)+" is no subject yet")
	}
}

func lookMIMEVersion(m *mail, say say) {
	v := m.header().get("mime-version")
	if bare, _, _ := strings.Cut(v, "("); v != "" && strings.TrimSpace(bare) != "1.0" {
		say("MIME-Version", quote(v)+" is not 1.0")
	}
}

func lookPrecedence(m *mail, say say) {
	if v := m.header().get("precedence"); strings.EqualFold(v, "junk") {
		say("Precedence", "it says junk")
	}
}
