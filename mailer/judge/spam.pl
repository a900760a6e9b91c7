#!/usr/bin/perl
# SpamAssassin's score of finished messages. spam.pl FILE... prints a line of JSON
# for each: the file, its score and the rules that it hit. One start serves all.
use strict;
use warnings;
use JSON::PP;
use Mail::SpamAssassin;

my $judge = Mail::SpamAssassin->new({
    dont_copy_prefs    => 1,
    userprefs_filename => '/dev/null',
    home_dir_for_helpers => '/nonexistent',
    post_config_text   => "dns_available yes\nuse_bayes 0\nuse_txrep 0\nuse_auto_welcomelist 0\n",
});
$| = 1;
for my $file (@ARGV) {
    open(my $in, '<:raw', $file) or die "$file: $!";
    my $mail   = $judge->parse(do { local $/; <$in> }, 1);
    my $status = $judge->check($mail);
    my %rules  = map { $_ => 0 + ($status->{conf}->{scores}->{$_} // 0) } split /,/, $status->get_names_of_tests_hit;
    print encode_json({ file => $file, score => 0 + sprintf('%.1f', $status->get_score), rules => \%rules }), "\n";
    $status->finish;
    $mail->finish;
}
