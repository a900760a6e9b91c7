package newsroom

import (
	"fmt"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
)

// The readers' addresses. They stand in mails that are years old: never change
// their form, only add.
const (
	PathEdition     = "/e/"    // + newsletter/slot: the same for every reader
	PathUnsubscribe = "/u/"    // + newsletter/token
	PathPreferences = "/p/"    // + newsletter/token
	PathAppeal      = "/s/"    // + newsletter/token of the preferences
	PathConfirm     = "/c/"    // + newsletter/token
	PathReturn      = "/b/"    // + newsletter/token
	PathExport      = "/x/"    // + newsletter/token
	PathErase       = "/f/"    // + newsletter/token: to be forgotten
	PathMedia       = "/m/"    // + hash and ending: a picture
	PathArchive     = "/a/"    // + newsletter
	PathDetour      = "/g/"    // + newsletter/slot/number: sends on to a mirror
	PathFeed        = "/feed/" // + newsletter: the archive as Atom
	PathPrivacy     = config.PathPrivacy
	PathSubscribe   = "/subscribe"
	PathEmbed       = "/subscribe/embed"
)

func (n *Newsroom) at(path string, parts ...string) string {
	return strings.TrimSuffix(n.Config.Site.String(), "/") + path + strings.Join(parts, "/")
}

// EditionURL is an edition on the web.
func (n *Newsroom) EditionURL(newsletter string, slot digest.Slot) string {
	return n.at(PathEdition, newsletter, string(slot))
}

// Unmailable tells why no edition can be mailed: its one-click link has to be https
// (RFC 8058 3.1). Pages on this machine do without.
func (n *Newsroom) Unmailable() error {
	if n.Config.Site.Scheme == "https" {
		return nil
	}
	return fmt.Errorf("nothing can be mailed while the site is %s: the link to leave has to begin with https:// (RFC 8058). Put the https address of the readers' pages into %s, as \"site:\"", n.Config.Site, ConfigFile)
}

// UnsubscribeURL leads one reader out of one newsletter.
func (n *Newsroom) UnsubscribeURL(newsletter, token string) string {
	return n.at(PathUnsubscribe, newsletter, token)
}

// PreferencesURL leads one reader to their choices.
func (n *Newsroom) PreferencesURL(newsletter, token string) string {
	return n.at(PathPreferences, newsletter, token)
}

// AppealURL leads one reader to where they hide the appeal for support.
func (n *Newsroom) AppealURL(newsletter, token string) string {
	return n.at(PathAppeal, newsletter, token)
}

// ReturnURL leads one who has left back.
func (n *Newsroom) ReturnURL(newsletter, token string) string {
	return n.at(PathReturn, newsletter, token)
}

// ConfirmURL leads a new reader to their yes.
func (n *Newsroom) ConfirmURL(newsletter, token string) string {
	return n.at(PathConfirm, newsletter, token)
}

// MediaURL is a picture that we keep.
func (n *Newsroom) MediaURL(name string) string { return n.at(PathMedia, name) }

// FeedURL is a newsletter's archive as Atom.
func (n *Newsroom) FeedURL(newsletter string) string { return n.at(PathFeed, newsletter) }

// SubscribeURL is what a sign-up form posts to.
func (n *Newsroom) SubscribeURL() string { return n.at(PathSubscribe) }

// ArchiveURL lists a newsletter's editions.
func (n *Newsroom) ArchiveURL(newsletter string) string { return n.at(PathArchive, newsletter) }
