package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) dkim() *cobra.Command {
	c := &cobra.Command{
		Use:   "dkim",
		Short: "Make the keys that sign mail (DKIM), and show what to publish",
		Long: `A DKIM signature tells receivers that mail is from your domain; large ones ask for
it. The private half of a key is a file here, the public half a record in the DNS
of the domain.

To change keys, make a new one, publish it, and add it beside the old one: mail is
then signed with both. Some days later take the old one out of broadsheet.yaml; its
record goes last, when no signed mail is under way any more.`,
		Example: "broadsheet dkim new harbour-observer.example\nbroadsheet dkim show",
	}
	c.AddCommand(a.dkimNew(), a.dkimShow())
	return c
}

func (a *App) dkimNew() *cobra.Command {
	var order newsroom.DKIMOrder
	var asJSON bool
	c := &cobra.Command{
		Use:   "new DOMAIN",
		Short: "Make a key, and print what to publish and what to configure",
		Long: `Make a key that signs mail from DOMAIN: a PEM file (PKCS #8) for your eyes only, in
the newsroom's folder dkim. A file that is there is never overwritten.

RSA is read by every receiver. Ed25519 is shorter and faster, but some receivers
cannot read it yet: use it beside an RSA key.`,
		Example: "broadsheet dkim new harbour-observer.example\nbroadsheet dkim new harbour-observer.example --type ed25519 --selector e2026",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			o, err := a.options("operator")
			if err != nil {
				return err
			}
			if order.Type != "rsa" && order.Type != "ed25519" {
				return misused("--type is rsa or ed25519, not %q", order.Type)
			}
			if order.Out == "" {
				if _, err := newsroom.LoadConfig(o); err != nil {
					return err
				}
			}
			order.Domain = args[0]
			k, err := newsroom.NewDKIMKey(o.Dir, order, a.Clock())
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(k)
			}
			a.printNewDKIM(k, o.Dir)
			return nil
		},
	}
	c.Flags().StringVar(&order.Selector, "selector", "", "which of the domain's keys this is (default: of the month, such as b202611)")
	c.Flags().StringVar(&order.Type, "type", "rsa", "rsa (2048 bits) or ed25519")
	c.Flags().StringVar(&order.Out, "out", "", "file to write (default: dkim/DOMAIN.SELECTOR.pem in the newsroom's folder)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// printNewDKIM says what is to be done with a new key, in order.
func (a *App) printNewDKIM(k newsroom.DKIMKey, dir string) {
	file := k.File
	if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(rel) {
		file = filepath.ToSlash(rel)
	}
	a.tell("%s is the private key (%s). Nobody but you should read it.\n\n", k.File, k.Kind())
	a.tell("1. Publish its other half in the DNS of %s:\n\n", k.Domain)
	a.printRecord(k)
	a.tell("\n2. Add this to %s, at the top level for all newsletters, or to one of them:\n\n", newsroom.ConfigFile)
	fmt.Fprintf(a.Out, "dkim:\n  - selector: %s\n    key: file:%s\n    domain: %s\n", k.Selector, file, k.Domain)
	fmt.Fprint(a.Out, "\nMail is signed from then on; \"broadsheet check\" says whether the DNS has the record.\n")
}

// printRecord prints a DNS record for a form on the web, and for a zone file.
func (a *App) printRecord(k newsroom.DKIMKey) {
	fmt.Fprintf(a.Out, "   name   %s\n   type   TXT\n   value  %s\n\n", k.Name, k.Value)
	a.tell("   or, as a line of a zone file:\n\n")
	fmt.Fprintln(a.Out, k.Zone) // to be copied as it stands
}

func (a *App) dkimShow() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "show",
		Short:   "List the configured keys with their DNS records",
		Example: "broadsheet dkim show\nbroadsheet dkim show --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			o, err := a.options("operator")
			if err != nil {
				return err
			}
			conf, err := newsroom.LoadConfig(o)
			if err != nil {
				return err
			}
			keys := newsroom.DKIMKeys(conf)
			if asJSON {
				if err := a.printJSON(keys); err != nil {
					return err
				}
			} else {
				a.printDKIM(keys)
			}
			var broken []string
			for _, k := range keys {
				if k.Error != "" {
					broken = append(broken, k.Name)
				}
			}
			if len(broken) > 0 {
				return fmt.Errorf("%s cannot sign, and what it should sign is not mailed", strings.Join(broken, ", "))
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *App) printDKIM(keys []newsroom.DKIMKey) {
	if len(keys) == 0 {
		a.tell("No key is configured: mail is not signed here. Make one with \"broadsheet dkim new DOMAIN\".\n")
		return
	}
	for i, k := range keys {
		if i > 0 {
			fmt.Fprintln(a.Out)
		}
		if k.Error != "" {
			a.tell("%s, for %s: %s\n", k.Name, k.Users(), k.Error)
			continue
		}
		a.tell("%s signs %s (%s)\n\n", k.File, k.Users(), k.Kind())
		a.printRecord(k)
	}
}
