package subscribers

import (
	"strings"
)

// Layout is how a file was understood, or one of the files in a ZIP.
type Layout struct {
	File     string      `json:"file,omitempty"`    // its name in the ZIP; empty where there is none
	Format   string      `json:"format,omitempty"`  // "CSV", "TSV", "JSON lines", "JSON"
	Packed   string      `json:"packed,omitempty"`  // "gzip", "ZIP" or empty
	Program  string      `json:"program,omitempty"` // "Mailchimp", "Ghost", "listmonk", "Substack", "Broadsheet"; empty where it is not known
	Charset  string      `json:"charset,omitempty"` // "UTF-8", "UTF-16LE", "UTF-16BE", or as asked for
	Comma    byte        `json:"-"`                 // ',', ';' or '\t'; 0 where the format has none
	Header   bool        `json:"header"`            // the columns are named
	Columns  []ColumnUse `json:"columns,omitempty"`
	Standing Standing    `json:"standing,omitempty"` // of every reader in it, by its name
	Skipped  string      `json:"skipped,omitempty"`  // why nothing of it is read
}

// ColumnUse is what a column is taken for.
type ColumnUse struct {
	Name string `json:"name,omitempty"` // as the file names it, made fit for a screen; empty where it has no name, or holds an @
	As   Column `json:"as,omitempty"`
	Why  string `json:"why,omitempty"` // why it is dropped
}

// uses tells of columns by their names.
func uses(names []string, columns []Column) []ColumnUse {
	all := make([]ColumnUse, len(columns))
	for i, c := range columns {
		u := ColumnUse{As: c}
		if i < len(names) && !strings.Contains(names[i], "@") {
			u.Name = CleanName(names[i])
		}
		if c == ColumnDropped {
			u.Why = whyDropped(u.Name)
		}
		all[i] = u
	}
	return all
}

// reasons are why columns of other programs are dropped, by what their folded names
// are or begin with.
var reasons = []struct {
	why   string
	names []string
}{
	{"an IP address is not needed", []string{"optinip", "confirmip", "ip", "ipaddress", "signupip", "ipsignup", "ipopt"}},
	{"where a reader is, is not needed", []string{
		"latitude", "longitude", "gmtoff", "dstoff", "timezone", "cc", "region", "country", "city", "state", "zip", "zipcode",
		"postcode", "street", "address", "location", "geolocation", "phone", "phonenumber", "addressline",
	}},
	{"a rating is not needed", []string{"memberrating", "rating", "score", "openrate", "clickrate", "activity"}},
	{"the week of the import is kept, and no moment", []string{
		"optintime", "confirmtime", "lastchanged", "createdat", "updatedat", "subscribedat", "joinedat", "created", "updated", "signupdate",
	}},
	{"another program's number is not needed", []string{"leid", "euid", "uuid", "id"}},
	{"why a reader left is not needed", []string{
		"unsubcampaigntitle", "unsubcampaignid", "unsubreason", "unsubreasonother", "cleancampaigntitle", "cleancampaignid",
	}},
	{"notes about readers are not kept", []string{"notes", "note", "tags", "labels", "attributes", "attribs", "attributions"}},
	{"what a reader pays is not kept", []string{
		"activesubscription", "expiry", "plan", "complimentaryplan", "stripecustomerid", "tiers", "products", "giftid", "firstpaymentat", "preferdigests",
	}},
}

func whyDropped(name string) string {
	folded := foldHeader(name)
	for _, r := range reasons {
		for _, n := range r.names {
			if folded == n {
				return r.why
			}
		}
	}
	return "there is no use for it here"
}

// program tells by the names of its columns where a file comes from.
//
// Sources: Mailchimp, help article "View or export contacts", and the files of its
// exports in github.com/TryGhost/migrate, packages/mg-mailchimp-members; Ghost,
// github.com/TryGhost/Ghost, e2e test of members ("Can export CSV"); listmonk,
// github.com/knadh/listmonk, cmd/subscribers.go (ExportSubscribers); Substack, the files
// in github.com/TryGhost/migrate, packages/mg-substack-members-csv.
func program(names []string) string {
	has := map[string]bool{}
	for _, n := range names {
		has[foldHeader(n)] = true
	}
	switch {
	case has["memberrating"] && has["optintime"], has["leid"] && has["euid"]:
		return "Mailchimp"
	case has["subscribedtoemails"] && (has["stripecustomerid"] || has["complimentaryplan"]):
		return "Ghost"
	case has["uuid"] && has["status"] && (has["attributes"] || has["attribs"]):
		return "listmonk"
	case has["activesubscription"] && has["emaildisabled"]:
		return "Substack"
	case has["noappealuntil"] && has["format"]:
		return "Broadsheet"
	}
	return ""
}
