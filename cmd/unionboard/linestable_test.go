package main

// expected is something that somebody does at a served city, and the line of the audit log that it must leave. {words} are put in: those of
// auditedCity.kept, and what was read from a page before.
type expected struct {
	who, route string // as internal/web/testdata/access.txt has it
	at         string // the variable parts of the path, in their order
	form       string // as in an address, or JSON; file is the name of a file, csv its content
	read       string // before: name=page~expression, by the same person; more with " ; " between them
	line       string // action, object, unit or -, result
	says       string // which of before and after are filled: b, a, ba
}

// ownDeeds are the door, and what belongs to the person alone.
func ownDeeds() []expected {
	return []expected{
		{"late", "POST /sign-in", "", "name=late&password=wrong", "", "sign_in late - refused", "a"},
		{"late", "POST /sign-in", "", "name=late&password={password}", "", "sign_in late - ok", "a"},
		{"coded", "POST /account/second-factor", "", "current={password}&code={code.early}", `secret=/account/second-factor~<code[^>]*>([A-Z2-7 ]+)</code>`, "user.second_factor coded - ok", "a"},
		{"coded", "POST /sign-out", "", "", "", "sign_out coded - ok", ""},
		{"coded", "POST /sign-in", "", "name=coded&password={password}", "", "sign_in coded - ok", "a"},
		{"coded", "POST /sign-in/code", "", "code={code}", "", "sign_in coded - ok", "a"},
		{"coded", "POST /account/second-factor/remove", "", "current={password}", "", "user.second_factor coded - ok", "a"},
		{"late", "POST /password", "", "current={password}&chosen=twelve-quiet-mountains&again=twelve-quiet-mountains", "", "user.password late - ok", ""},
		{"city_leader", "POST /account/links", "", "kind=calendar", "", "link.add {id} - ok", "a"},
		{"city_leader", "POST /account/links/{link}/revoke", "{link}", "", "link=/account~/account/links/([0-9a-f-]{36})/revoke", "link.revoke {link} - ok", ""},
		{"city_leader", "POST /account/notices", "", "email=li@example.org&muted=1", "", "contact.set city_leader - ok", "a"},
		{"late", "POST /account/end-sessions", "", "", "", "user.end_sessions late - ok", ""},
		{"reporter.210103", "POST /phones/{unit}", "210103", "phones=李 13800000000", "", "phones.set 210103 210103 ok", "a"},
		{"reporter.210103", "POST /calendar/postpone", "", "q=2026Q4&step=deadline&day=2027-01-13&reason=x", "", "refused POST /calendar/postpone 210103 refused", ""},
		{"reporter.210103", "GET /admin", "", "", "", "refused GET /admin 210103 refused", ""},
	}
}

// officeDeeds are accounts, tokens, and the calendar.
func officeDeeds() []expected {
	return []expected{
		{"keeper", "POST /admin/accounts", "", "name=new.one&shown=新&role=district_reporter&unit=210104&reason=入职&current={password}", "", "user.add new.one 210104 ok", "a"},
		{"keeper", "POST /admin/accounts/{account}/name", "{account}", "shown=新人&reason=改名", `account=/admin/accounts~/admin/accounts/([0-9a-f-]{36})">新<`, "user.name new.one 210104 ok", "ba"},
		{"keeper", "POST /admin/accounts/{account}/role", "{account}", "role=district_checker&unit=210104&reason=换岗&current={password}", "", "user.role new.one 210104 ok", "ba"},
		{"keeper", "POST /admin/accounts/{account}/lock", "{account}", "reason=休假&current={password}", "", "user.lock new.one 210104 ok", "a"},
		{"keeper", "POST /admin/accounts/{account}/unlock", "{account}", "reason=回来&current={password}", "", "user.unlock new.one 210104 ok", "a"},
		{"keeper", "POST /admin/accounts/{account}/password", "{account}", "reason=忘了&current={password}", "", "user.reset_password new.one 210104 ok", "a"},
		{"keeper", "POST /admin/accounts/{account}/second-factor", "{account}", "reason=丢了&current={password}", "", "user.second_factor new.one 210104 ok", "a"},
		{"keeper", "POST /admin/tokens", "", "name=程序&unit=210103&submit=1&days=30&reason=接入&current={password}", "", "token.add {id} 210103 ok", "a"},
		{"keeper", "POST /admin/tokens/{token}/revoke", "{token}", "reason=停用&current={password}", "token=/admin/tokens~/admin/tokens/([0-9a-f-]{36})/revoke", "token.revoke {token} - ok", "a"},
		{"keeper", "POST /calendar/outage", "", "q=2026Q4&day={yesterday}&reason=停电&void=0", "", "calendar.outage {yesterday} - ok", "a"},
		{"keeper", "POST /admin/calendar", "", "year=2027&text={text}&reason=通知", `text=/admin/calendar?year=2027~(?s)<textarea[^>]*name="text"[^>]*>([^<]*)`, "calendar.edit 2027 - ok", "a"},
		{"city_analyst", "POST /calendar/postpone", "", "q=2026Q4&step=deadline&day=2027-01-13&reason=节日", "", "calendar.postponed 2026Q4 deadline - ok", "ba"},
		{"city_analyst", "POST /calendar/extend", "", "q=2026Q4&district=210103&day=2027-01-14&reason=搬迁", "", "calendar.extended 2026Q4 210103 ok", "ba"},
		{"city_analyst", "POST /status/{q}/chase", "2026Q4", "", "", "notice.chase {id} 210105 ok", "a"},
	}
}

// cityDeeds are what the city itself owes, and what is asked for, objected to and put right.
func cityDeeds() []expected {
	return []expected{
		{"city_analyst", "POST /city/{q}/exempt", "2026Q4", "of=210103&indicator=pilot_task_rating&reason=未承担", "", "exempt.set 2026Q4 pilot_task_rating 210103 ok", "a"},
		{"city_analyst", "POST /city/{q}/exempt/lift", "2026Q4", "of=210103&indicator=pilot_task_rating&reason=已承担", "", "exempt.lift 2026Q4 pilot_task_rating 210103 ok", "a"},
		{"city_analyst", "POST /city/{year}/ratings/{indicator}/open", "2026 pilot_task_rating", "", "", "rating.open pilot_task_rating 2026 - ok", "a"},
		{"city_assessor", "POST /city/{year}/ratings/{indicator}", "2026 pilot_task_rating", "ballot.210102=good", "", "rating.cast pilot_task_rating 2026 - ok", "a"},
		{"city_analyst", "POST /city/{year}/ratings/{indicator}/close", "2026 pilot_task_rating", "", "", "rating.close pilot_task_rating 2026 - ok", "a"},
		{"city_assessor", "POST /city/{year}/points", "2026", "item=award_points%7Cnational&of=210102&quarter=2026Q3&title=示范点&reason=正式命名&evidence=文件", "", "proposal.propose 2026 award_points national 210102 ok", "a"},
		{"city_assessor", "POST /city/{year}/points/{proposal}/evidence", "2026 {case}", "file=a.png&privacy=impersonal", `case=/city/2026/points~id="case-([0-9a-f-]{36})"`, "evidence.add {id} 210102 ok", "a"},
		{"city_leader", "POST /city/{year}/points/{proposal}", "2026 {case}", "do=confirm&note=同意", "", "proposal.confirm 2026 award_points national 示范点 210102 ok", "ba"},
		{"party", "POST /city/{q}/{department}", "2026Q4 party", "do=hand_in&v.210102.party_branch_rating=good&b.210102.party_branch_rating=0%7C&reason=文件", "", "city.hand_in 2026Q4 party - ok", "a"},
		{"party", "POST /city/{q}/{department}/decide", "2026Q4 party", "proposal={grade}&do=withdraw&note=写错", `grade=/city/2026Q4/party~name="proposal" value="([^"]+)"`, "proposal.withdraw 2026 party_branch_rating 210102 ok", "ba"},
		{"city_analyst", "POST /targets/{year}/{indicator}", "2027 new_unions", "total=131&step=1&basis=equal&version=0&revision=0", "", "targets.draft new_unions 2027 {v} - ok", "a"},
		{"city_analyst", "POST /targets/{year}/{indicator}/discard", "2027 new_unions", "version=1&revision=1", "", "targets.discard new_unions 2027 v1 - ok", ""},
		{"city_analyst", "POST /targets/{year}/{indicator}", "2027 new_unions", "total=131&step=1&basis=equal&version=0&revision=0", "", "targets.draft new_unions 2027 {v} - ok", "a"},
		{"city_analyst", "POST /targets/{year}/{indicator}/issue", "2027 new_unions", "version=2&revision=1", "", "targets.issue new_unions 2027 v2 - ok", "a"},
		{"org", "POST /corrections/{correction}", "{asked}", "action=check&note=属实", `asked=/corrections~/corrections/([0-9a-f-]{36})`, "correction.check {asked} 210102 ok", "ba"},
		{"city_analyst", "POST /corrections/{correction}", "{asked}", "action=apply&note=同意", "", "correct 2026Q3 new_unions_ytd 210102 ok", "ba"},
		{"chair.210103", "POST /corrections", "", "period=2026Q3&code=union_members&value=99999&reason=漏报", "", "correction.open {id} 210103 ok", "a"},
		{"chair.210103", "POST /corrections/{correction}/evidence", "{asked}", "file=a.png&privacy=impersonal", `asked=/corrections?q=2026Q3~/corrections/([0-9a-f-]{36})`, "evidence.add {id} 210103 ok", "a"},
		{"org", "POST /corrections/{correction}", "{asked}", "action=refuse&note=不属实", "", "correction.refuse {asked} 210103 ok", "ba"},
		{"city_analyst", "POST /actions", "", "unit=210103&title=补报&origin=other&measure=补齐&due={later}&reason=漏", "", "task.open {id} 210103 ok", "a"},
		{"reporter.210103", "POST /actions/{task}", "{task}", "action=progress&note=在办", `task=/actions~/actions/([0-9a-f-]{36})`, "task.progress {task} 210103 ok", "ba"},
		{"reporter.210103", "POST /actions/{task}/evidence", "{task}", "file=a.png&privacy=impersonal", "", "evidence.add {id} 210103 ok", "a"},
		{"reporter.210103", "POST /actions/{task}", "{task}", "action=report&note=办完", "", "task.report {task} 210103 ok", "ba"},
		{"city_analyst", "POST /actions/{task}", "{task}", "action=close&note=属实", "", "task.close {task} 210103 ok", "ba"},
		{"chair.210103", "POST /comments", "", "unit=210103&period=2026Q4&code=union_members&audience=both&text=请看&back=/tasks", "", "comment 2026Q4 union_members 210103 ok", "a"},
	}
}

// reportDeeds are a report on its way, and what programs and sources bring.
func reportDeeds() []expected {
	const own = "/fill/2026Q4/org_building"
	return []expected{
		{"reporter.210111", "POST /fill/{q}/cell", "2026Q4", "item=covered_units&value=3041&note=按台账&base=0&request=r-1", "", "filing.draft 2026Q4 210111 ok", "ba"},
		{"reporter.210112", "POST /fill/{q}/{section}", "2026Q4 org_building", "v.covered_units=3041&n.covered_units=按台账&b.covered_units=0", "", "filing.draft 2026Q4 210112 ok", "ba"},
		{"reporter.210112", "POST /fill/{q}/evidence/{item}", "2026Q4 covered_units", "file=a.png&privacy=impersonal&back=" + own, "", "evidence.add {id} 210112 ok", "a"},
		{"reporter.210112", "GET /evidence/{id}", "{file}", "", `file=/fill/2026Q4/evidence/covered_units~href="/evidence/([0-9a-f-]{36})"`, "evidence.read {file} 210112 ok", ""},
		{"reporter.210112", "POST /evidence/{id}/remove", "{file}", "back=" + own, "", "evidence.remove {file} 210112 ok", "b"},
		{"reporter.210112", "GET /fill/{q}/form.xlsx", "2026Q4", "", "", "export form 2026Q4 210112 ok", ""},
		{"chair.210103", "POST /fill/{q}/back", "2026Q4", "reason=再核", "", "filing.sent_back 2026Q4 210103 ok", "ba"},
		{"reporter.210103", "POST /fill/{q}/forward", "2026Q4", "", "", "filing.pending_signature 2026Q4 210103 ok", "ba"},
		{"chair.210103", "POST /fill/{q}/sign", "2026Q4", "digest={digest}&current={password}", `digest=/fill/2026Q4/cover~name="digest" value="([^"]+)"`, "report.sign 2026Q4 210103 ok", "a"},
		{"org", "POST /review/{unit}/{q}", "210103 2026Q4", "choice.union_members=return&reason.union_members=definition&note.union_members=请核对&seen.union_members={seen}", `seen=/review/210103/2026Q4~name="seen.union_members" value="([^"]+)"`, "review.return 2026Q4 union_members 210103 ok", "ba"},
		{"org", "POST /review/{unit}/{q}/accept", "210103 2026Q4", "sure=1&plain.grassroots_unions={plain}", `plain=/review/210103/2026Q4~name="seen.grassroots_unions" value="([^"]+)"`, "review.accept 2026Q4 210103 ok", "a"},
		{"program", "POST /api/v1/submissions", "", `{"schema":"unionboard/values/1","unit":"210104","period":"2026Q4","next":null,"values":[{"code":"union_members","value":"30412"}]}`, "", "import push {id} - ok", "ba"},
		{"program", "POST /api/v1/dataValueSets", "", `{"dataValues":[{"dataElement":"covered_units","period":"2026Q4","orgUnit":"210104","value":"12"}]}`, "", "import push {id} - ok", "ba"},
		{"org", "POST /differences/{difference}", "{difference}", "do=keep&note=以签批为准&seen={seen}", `difference=/differences~action="/differences/([0-9a-f-]{36})" ; seen=/differences~name="seen" value="([^"]*)"`, "difference.keep {id} 210104 ok", "ba"},
		{"city_analyst", "POST /collect/{source}/pieces/{piece}", "district_210105 {piece}", "do=drop&reason=无用", "piece=/collect/district_210105~/pieces/([0-9a-f-]{36})", "piece.drop {piece} - ok", "a"},
		{"city_analyst", "POST /collect/{source}/mapping", "district_210103", "do=save&base=0&reason=约定", "", "source.mapping district_210103 - ok", "a"},
		{"city_analyst", "GET /export/{table}.{format}", "scores csv", "", "", "export scores 2026Q3 - ok", "a"},
		{"city_analyst", "POST /export/jobs", "", "table=scores&format=csv", "", "export.ask scores 2026Q3 - ok", "a"},
		{"city_analyst", "POST /export/jobs/{job}/cancel", "{job}", "", "job=/export?q=2026Q3~/export/jobs/([0-9a-f-]{36})", "export.cancel {id} - ok", ""},
		{"city_analyst", "POST /export/jobs/{job}/retry", "{job}", "", "", "export.retry {id} - ok", ""},
		{"city_analyst", "POST /export/jobs/{job}/cancel", "{job}", "", "", "export.cancel {id} - ok", ""},
		{"city_analyst", "POST /export/jobs/{job}/drop", "{job}", "", "", "export.drop {id} - ok", ""},
		{"auditor", "GET /audit.csv", "", "", "", "audit.export audit log - ok", "a"},
	}
}

// recordDeeds are registers, refunds, and the publication.
func recordDeeds() []expected {
	const competition = "v.competition_no=JS-1&v.level=district&v.scope=regional&v.organiser=区总工会&v.trades=焊工&v.started_on=2026-08-01&v.mode=onsite&v.enterprises_count=3&v.participants_registered=30&v.status=ongoing"
	return []expected{
		{"reporter.210103", "POST /registers/{register}/new", "skills_competitions", competition + "&v.name=赛", "", "record.add skills_competitions/JS-1 210103 ok", "a"},
		{"reporter.210103", "POST /registers/{register}/records/{record}", "skills_competitions {record}", competition + "&v.name=大赛&version=1&reason=改名", "record=/registers/skills_competitions?search=JS-1~/registers/skills_competitions/records/([0-9a-f-]{36})", "record.change skills_competitions/JS-1 210103 ok", "a"},
		{"reporter.210103", "POST /registers/{register}/records/{record}/close", "skills_competitions {record}", "version=2&reason=取消", "", "record.close skills_competitions/JS-1 210103 ok", "a"},
		{"reporter.210103", "POST /registers/{register}/records/{record}/back", "skills_competitions {record}", "version=3&reason=照办", "", "record.change skills_competitions/JS-1 210103 ok", "a"},
		{"org", "POST /registers/{register}/records/{record}/uncover", "young_cadres {record}", "column=name&reason=核对", "record=/registers/young_cadres~/registers/young_cadres/records/([0-9a-f-]{36})", "record.uncover young_cadres/{number}/name {unit} ok", "a"},
		{"org", "POST /persons", "", "person=QNGB-210105-013&reason=本人申请", "", "person.find registers - ok", "a"},
		{"org", "POST /registers/{register}/take", "young_cadres", "format=csv&readable=1&reason=归档", "", "release.ask young_cadres {id} - ok", "a"},
		{"org.too", "POST /registers/{register}/take/{release}", "young_cadres {release}", "answer=allow", "release=/registers/young_cadres/take~/registers/young_cadres/take/([0-9a-f-]{36})", "release.allowed young_cadres {release} - ok", "a"},
		{"finance", "POST /registers/dues_refunds/batches", "", "unit=210103", "", "refund.draw payment list 2 210103 ok", "a"},
		{"finance", "POST /registers/dues_refunds/batches/{batch}/list", "2", "reason=送银行&format=csv", "", "refund.list payment list 2 210103 ok", "a"},
		{"finance", "POST /registers/dues_refunds/batches/{batch}", "2", "do=send&bank=0001", "", "refund.sent payment list 2 210103 ok", "a"},
		{"finance", "POST /registers/dues_refunds/batches/{batch}/answer", "2", "do=all&day={today}", "", "refund.settle payment list 2 210103 ok", "a"},
		{"finance", "POST /registers/dues_refunds/review/{refund}/uncover", "{refund}", "column=tax.account&reason=核对", "refund=/registers/dues_refunds/review~/registers/dues_refunds/review/([A-Z0-9-]+)", "refund.uncover {refund}/tax.account {unit} ok", "a"},
		{"finance", "POST /registers/dues_refunds/review/{refund}", "{refund}", "version=1&do=none&note=查无", "", "refund.none {refund} {unit} ok", "a"},
		{"city_analyst", "POST /scoring/{q}/propose", "2026Q3", "note=更正", "", "publication.propose 2026Q3/2 - ok", "a"},
		{"city_analyst", "POST /scoring/{q}/withdraw", "2026Q3", "note=再看", "", "publication.withdrawn 2026Q3/2 - ok", "ba"},
		{"city_analyst", "POST /scoring/{q}/propose", "2026Q3", "note=更正", "", "publication.propose 2026Q3/2 - ok", "a"},
		{"city_leader", "POST /scoring/{q}/refuse", "2026Q3", "note=再核", "", "publication.refused 2026Q3/2 - ok", "ba"},
		{"city_analyst", "POST /scoring/{q}/propose", "2026Q3", "note=更正", "", "publication.propose 2026Q3/2 - ok", "a"},
		{"city_leader", "POST /scoring/{q}/approve", "2026Q3", "note=同意", "", "publication.seal 2026Q3/2 - ok", "a"},
		{"city_analyst", "GET /scoring/{q}/{edition}.seal", "2026Q3 2", "", "", "export 2026Q3-2.seal - ok", ""},
		{"city_analyst", "POST /calendar/proceed", "", "q=2026Q4&to=reviewing&reason=提前", "", "cycle.reviewing 2026Q4 - ok", "ba"},
	}
}

// yearDeeds are the result of a year, when its last quarter is scored.
func yearDeeds() []expected {
	return []expected{
		{"city_analyst", "POST /appeals/result", "", "period=2026&action=examine", "", "result.examine 2026 - ok", "ba"},
		{"city_leader", "POST /appeals/result", "", "period=2026&action=post", "", "result.post 2026 - ok", "ba"},
		{"city_analyst", "POST /appeals/result", "", "period=2026&action=open_appeals", "", "result.open_appeals 2026 - ok", "ba"},
		{"chair.210103", "POST /appeals", "", "period=2026&code=new_unions&reason=少计", "", "appeal.open {id} 210103 ok", "a"},
		{"chair.210103", "POST /appeals/{appeal}/evidence", "{appeal}", "file=a.png&privacy=impersonal", `appeal=/appeals?q=2026~/appeals/([0-9a-f-]{36})`, "evidence.add {id} 210103 ok", "a"},
		{"city_analyst", "POST /appeals/{appeal}", "{appeal}", "action=take_up&note=受理", "", "appeal.take_up {appeal} 210103 ok", "ba"},
	}
}

// lookedAt is why a route that is sent forms stands in no table, and the test that wants the line of it, where there is one.
type lookedAt struct{ why, file, test, action string }

func elsewhere() map[string]lookedAt {
	return map[string]lookedAt{
		"POST /calendar/open":                        {"the quarter that is collected is open", "internal/web/calendar_test.go", "TestTheDatesAreChangedFromThePage", "calendar.opened_early"},
		"POST /setup":                                {"a served city has its first account", "internal/web/accounts_test.go", "TestTheFirstAccount", "user.add"},
		"POST /collect/{source}/run":                 {"it waits for a source that answers", "internal/web/collect_test.go", "TestASourceIsAskedFromThePage", "collect.ask"},
		"POST /fill/{q}/upload/{upload}":             {"it takes a filled book", "internal/web/book_test.go", "TestFormsTravelByWorkbook", "form.upload"},
		"POST /registers/{register}/import/{upload}": {"it takes a file of records", "internal/web/registers_test.go", "TestRecordsAreImported", "register.import"},
		"POST /registers/dues_refunds/deliveries":    {"two files: the ledger takes them alike from the command", "cmd/unionboard/linestable_test.go", "commandLines", "refund.deliver"},

		"POST /fill/{q}/upload":                  {why: "a file that waits for its sender is nothing yet"},
		"POST /fill/{q}/upload/{upload}/mapping": {why: "how such a file is read"},
		"POST /registers/{register}/import":      {why: "a file that waits for its sender is nothing yet"},
		"POST /collect/{source}/mapping/sample":  {why: "a file by which a mapping is looked at; nothing of it is collected"},
		"POST /fill/{q}/unchanged":               {why: "what is typed and not signed is kept as drafts, each revision with who and when; the report's steps have lines"},
		"POST /dashboards":                       {why: "a page is tried and not kept"},
	}
}

// commandLine is a command that writes, and the line it must leave; {dir} is the data folder, {out} a folder for files.
type commandLine struct{ words, line, says string }

func commandLines() []commandLine {
	return []commandLine{
		{"user add zhao.min --role district_reporter --unit 210104 --data {dir}", "user.add zhao.min 210104 ok", "a"},
		{"user role zhao.min --role district_checker --unit 210104 --data {dir}", "user.role zhao.min 210104 ok", "ba"},
		{"user lock zhao.min --data {dir}", "user.lock zhao.min 210104 ok", ""},
		{"user unlock zhao.min --data {dir}", "user.unlock zhao.min 210104 ok", ""},
		{"user password zhao.min --data {dir}", "user.reset_password zhao.min 210104 ok", ""},
		{"user second-factor zhao.min --data {dir}", "user.second_factor zhao.min 210104 ok", "a"},
		{"token add 程序 --unit 210104 --data {dir}", "token.add {token} 210104 ok", "a"},
		{"token revoke {token} --data {dir}", "token.revoke {token} - ok", ""},
		{"edition issue ../../seeds --year 2027 --reason 次年沿用 --data {dir}", "edition.issue 2027/1 - ok", "a"},
		{"import {out}/figures.csv --data {dir}", "import import {id} - ok", "ba"},
		{"import {out}/targets.csv --data {dir}", "targets.set {out}/targets.csv: new 1, changed 0 - ok", ""},
		{"collect --period 2026Q3 --data {dir}", "collect.run sheets {id} - ok", "ba"},
		{"review --period 2026Q4 --unit 210104 --accept --data {dir}", "review.accept 2026Q4 210104 ok", "a"},
		{"refund run --tax {out}/tax.csv --unions {out}/unions.csv --ledger {out}/ledger.csv --data {dir}", "refund.deliver delivery 2 - ok", "a"},
		{"publish --period 2026Q3 --out {out}/q3.seal --data {dir}", "export seal 2026Q3/1 - ok", "a"},
		{"export --period 2026Q3 --table scores --out {out}/scores.csv --data {dir}", "export scores 2026Q3 - ok", "a"},
		{"form --unit 210104 --period 2026Q3 --out {out}/form.xlsx --data {dir}", "export form 2026Q3 210104 ok", "a"},
		{"keys rotate --data {dir}", "keys.turn register.keys - ok", ""},
		{"audit export --out {out}/audit.csv --data {dir}", "audit.export audit log - ok", "a"},
		{"audit breach --from 2026-01-01 --out {out}/breach.csv --data {dir}", "audit.breach personal data - ok", "a"},
		{"backup --out {out}/whole.tar.zst --data {dir}", "backup whole.tar.zst - ok", "a"},
		{"restore {out}/whole.tar.zst --data {new}", "restore whole.tar.zst - ok", "a"},
		{"init --data {fresh}", "user.add admin - ok", "a"},
	}
}

// readingCommands change nothing of what is kept, or their lines are wanted by another test.
func readingCommands() map[string]string {
	return map[string]string{
		"audit": "reads", "audit head": "writes a head to a file outside of the database", "audit verify": "reads; the one of every night has a line: TestTheAuditLogIsCleared",
		"audit clear": "nothing is old enough here: TestTheAuditLogIsCleared", "backup verify": "reads an archive", "check": "reads definitions", "config": "reads", "config show": "reads",
		"doctor": "changes nothing", "move": "its line stands in the new place: TestTheDemonstrationMovesThereAndBack", "erase": "nothing is past its time here: TestWhatIsPastItsTimeIsErased", "register snapshot": "the days of both quarters are taken or to come: TestRegistersAreTakenByHand", "edition": "lists", "edition list": "lists", "explain": "reads", "keys": "reads", "refund": "only leads on", "refund match": "works with files alone",
		"refund policies": "prints", "register": "only leads on", "register example": "writes example files", "robustness": "reads", "schema": "prints", "score": "reads", "token": "lists", "token list": "lists",
		"user": "lists", "user list": "lists", "verify": "reads", "version": "prints", "help": "prints", "completion": "prints",
		"demo": "makes what the table of routes begins with: nothing but lines of made-up people", "serve": "server.start, server.stop, setting.*: TestStartsSettingsAndHeadsAreWrittenDown",
	}
}
