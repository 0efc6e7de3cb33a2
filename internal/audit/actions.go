package audit

import "slices"

// Topic is a group of actions that people look for together.
type Topic struct {
	Name    string
	Actions []string
}

// Topics answers every action that a line can be of, by topic. Each has its words in the catalogues, under audit. and its name; that none is
// missing is held by a test that reads the source.
func Topics() []Topic {
	return []Topic{
		{"door", []string{
			"sign_in", "sign_out", "refused", "user.confirm", "user.rehash", "user.password", "user.end_sessions",
		}},
		{"accounts", []string{
			"user.add", "user.name", "user.role", "user.lock", "user.unlock", "user.reset_password", "user.second_factor", "token.add",
			"token.revoke", "link.add", "link.revoke", "contact.set", "phones.set",
		}},
		{"figures", []string{
			"filing.not_started", "filing.draft", "filing.pending_signature", "filing.sent_back", "filing.submitted", "filing.under_review",
			"filing.returned", "filing.accepted", "filing.locked", "filing.missing", "filing.late_days", "report.sign", "review.accept",
			"review.return", "correct", "import", "form.upload", "city.hand_in", "exempt.set", "exempt.lift",
			"comment", "evidence.add", "evidence.read", "evidence.remove", "evidence.scan", "difference.raise", "difference.revise",
			"difference.answer", "difference.keep", "difference.take", "difference.settle", "difference.meet",
		}},
		{"collecting", []string{
			"collect.run", "collect.ask", "collect.replay", "collect.interrupt", "piece.read", "piece.drop", "piece.replay", "source.mapping",
		}},
		{"rules", []string{
			"edition.issue", "targets.set", "targets.draft", "targets.issue", "targets.discard", "calendar.edit", "calendar.postponed",
			"calendar.extended", "calendar.outage", "calendar.opened_early", "cycle.scheduled", "cycle.open", "cycle.reviewing", "cycle.closing",
			"cycle.scored", "cycle.published", "cycle.archived",
		}},
		{"decisions", []string{
			"proposal.propose", "proposal.confirm", "proposal.refuse", "proposal.withdraw", "proposal.dispute", "proposal.revoke", "proposal.keep",
			"rating.open", "rating.cast", "rating.close", "correction.open", "correction.check", "correction.apply", "correction.refuse",
			"correction.withdraw", "appeal.open", "appeal.take_up", "appeal.refuse", "appeal.uphold", "appeal.change", "appeal.notify",
			"appeal.withdraw", "task.open", "task.progress", "task.report", "task.close", "task.reopen", "result.examine", "result.post",
			"result.open_appeals", "result.decide", "result.announce", "result.archive", "result.send_back", "publication.propose",
			"publication.seal", "publication.refused", "publication.withdrawn",
		}},
		{"personal", []string{
			"record.add", "record.change", "record.close", "record.erase", "record.uncover", "person.find", "register.import", "register.snapshot",
			"release.ask", "release.allowed", "release.refused", "release.take", "keys.turn", "keys.reseal",
		}},
		{"refunds", []string{
			"refund.deliver", "refund.unions", "refund.rows", "refund.this", "refund.another", "refund.none", "refund.refuse", "refund.postpone",
			"refund.account", "refund.reverse", "refund.confirm", "refund.withdraw", "refund.draw", "refund.list", "refund.sent", "refund.dropped",
			"refund.settle", "refund.uncover",
		}},
		{"exports", []string{
			"export", "export.ask", "export.cancel", "export.retry", "export.drop",
		}},
		{"notices", []string{
			"notice.make", "notice.chase", "notice.sent", "notice.failed", "notice.lost",
		}},
		{"system", []string{
			"server.start", "server.stop", "setting.first", "setting.change", "page.change", "clock.jump", "backup", "restore", "move", "audit.verify",
			"audit.clear", "audit.export", "audit.breach",
		}},
	}
}

// TopicOf answers the topic of an action, "" for one that is not known.
func TopicOf(action string) string {
	for _, t := range Topics() {
		if slices.Contains(t.Actions, action) {
			return t.Name
		}
	}
	return ""
}
