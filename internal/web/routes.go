package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// route is an address, who may use it, and what answers. A GET route answers HEAD too.
type route struct {
	method, path string
	access       access
	handler      handler
}

// The forms of the variable parts of an address.
const (
	yearPart    = `:[0-9]{4}`
	formatPart  = `:[a-z]{1,10}`
	codePart    = `:[a-z][a-z0-9_]{0,59}`
	unitPart    = `:[A-Za-z0-9_-]{1,40}`
	idPart      = `:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`
	uploadPart  = `:[A-Z2-7]{26}`
	quarterPart = `:[0-9]{4}[Qq][1-4]`
	// periodPart is that of a quarter or a year, editionPart of an edition of results.
	periodPart  = `:[0-9]{4}(?:[Qq][1-4])?`
	editionPart = `:[1-9][0-9]{0,3}`
	// secretPart is that of a link: base32, more than 128 bits.
	secretPart = `:[A-Za-z0-9]{20,100}`
)

// routes is every address of the site. A route that is not in this list does not exist.
func (s *site) routes() []route {
	return slices.Concat(
		s.boardRoutes(),
		s.mappingRoutes(),
		s.pieceRoutes(),
		s.differenceRoutes(),
		s.cityRoutes(),
		s.matterRoutes(),
		s.reviewRoutes(),
		s.calendarRoutes(),
		s.scoringRoutes(),
		s.registerRoutes(),
		s.exportRoutes(),
		s.refundRoutes(),
		s.formRoutes(),
		s.taskRoutes(),
		s.doorRoutes(),
		s.adminRoutes(),
		s.apiRoutes(),
		[]route{
			{"GET", "/assets/{file:.+}", bare(), s.showAsset},
			{"GET", "/healthz", bare(), s.showHealth},
			{"GET", "/readyz", bare(), s.showReady},
		},
	)
}

// boardRoutes are the scores, how they came about, and where figures come from.
func (s *site) boardRoutes() []route {
	return []route{
		{"GET", "/", whoMay(account.ReadPublished), s.showHome},
		{"GET", "/lags", whoMay(account.ReadPublished), s.showLags},
		{"GET", "/f/{framework" + codePart + "}", whoMay(account.ReadPublished), s.showFramework},
		{"GET", "/f/{framework" + codePart + "}/indicators", whoMay(account.ReadPublished), s.showIndicators},
		{"GET", "/d/{unit" + unitPart + "}", whoMay(account.ReadPublished), s.showUnit},
		{"GET", "/compare", whoMay(account.ReadPublished), s.showCompare},
		{"GET", "/i/{code" + codePart + "}", whoMay(account.ReadPublished), s.showIndicator},
		{"GET", "/why/{unit" + unitPart + "}/{code" + codePart + "}", whoMay(account.ReadPublished), s.showWhy},
		{"GET", "/why/{unit" + unitPart + "}/{code" + codePart + "}.json", whoMay(account.ReadPublished), s.sendWhy},
		{"GET", "/notice", whoMay(account.ReadUnpublished), s.showNotice},
		{"GET", "/notice/{q" + quarterPart + "}", whoMay(account.ReadUnpublished), s.leadToNotice},
		{"GET", wallPath, whoMay(account.ReadPublished).idly(), s.showWall},
		{"GET", wallPath + "/{secret" + secretPart + "}", everybody(), s.showLinkedWall},
		{"GET", "/p/{page:.+}", whoMay(account.ReadPublished), s.showOwn},
		{"GET", "/dashboards", whoMay(account.ReadUnpublished), s.listPages},
		{"POST", "/dashboards", whoMay(account.ReadUnpublished), s.tryPage},
		{"GET", "/dashboards/types", whoMay(account.ReadUnpublished), s.showTypes},
		{"GET", "/dashboards/{page" + codePart + "}.yaml", whoMay(account.ReadUnpublished), s.sendPage},
		{"GET", "/collect", whoMay(account.ReadRuns), s.listSources},
		{"GET", "/collect/{source" + codePart + "}", whoMay(account.ReadRuns), s.showSource},
		{"POST", "/collect/{source" + codePart + "}/run", whoMay(account.Collect), s.runSource},
	}
}

// cityRoutes are what the city itself owes: its figures, ratings, points and targets.
func (s *site) cityRoutes() []route {
	return []route{
		{"GET", "/city", whoMay(account.ReadReports), s.openCity},
		{"GET", "/city/{year" + yearPart + "}/ratings", whoMay(account.ReadReports), s.showRatings},
		{"POST", "/city/{year" + yearPart + "}/ratings/{indicator" + codePart + "}", whoMay(account.Rate), s.castBallots},
		{"POST", "/city/{year" + yearPart + "}/ratings/{indicator" + codePart + "}/open", whoMay(account.RunCycle), s.callBallots},
		{"POST", "/city/{year" + yearPart + "}/ratings/{indicator" + codePart + "}/close", whoMay(account.RunCycle), s.closeBallots},
		{"GET", "/city/{year" + yearPart + "}/points", whoMay(account.ReadReports), s.showPoints},
		{"POST", "/city/{year" + yearPart + "}/points", whoMay(account.ProposePoints), s.proposeCase},
		{"POST", "/city/{year" + yearPart + "}/points/{proposal" + idPart + "}", whoMay(account.ConfirmPoints), s.decideCase},
		{"POST", "/city/{year" + yearPart + "}/points/{proposal" + idPart + "}/evidence", whoMay(account.ProposePoints).upTo(s.uploadLimit()), s.addCaseProof},
		{"GET", "/city/{q" + quarterPart + "}", whoMay(account.ReadReports), s.showCity},
		{"GET", "/city/{q" + quarterPart + "}/exempt", whoMay(account.ReadReports), s.showExempt},
		{"POST", "/city/{q" + quarterPart + "}/exempt", whoMay(account.Exempt), s.setExempt},
		{"POST", "/city/{q" + quarterPart + "}/exempt/lift", whoMay(account.Exempt), s.liftExempt},
		{"GET", "/city/{q" + quarterPart + "}/{department" + codePart + "}", whoMay(account.ReadReports), s.showCityForm},
		{"POST", "/city/{q" + quarterPart + "}/{department" + codePart + "}", whoMaySome(account.SupplyCity), s.saveCityForm},
		{"POST", "/city/{q" + quarterPart + "}/{department" + codePart + "}/decide", whoMaySome(account.SupplyCity), s.decideCityFigure},

		{"GET", "/targets/{year" + yearPart + "}", whoMaySome(account.ReadFigures), s.showTargets},
		{"GET", "/targets/{year" + yearPart + "}/{indicator" + codePart + "}", whoMay(account.ReadFigures), s.showTarget},
		{"POST", "/targets/{year" + yearPart + "}/{indicator" + codePart + "}", whoMay(account.SetTargets), s.divideTarget},
		{"POST", "/targets/{year" + yearPart + "}/{indicator" + codePart + "}/issue", whoMay(account.SetTargets), s.issueTarget},
		{"POST", "/targets/{year" + yearPart + "}/{indicator" + codePart + "}/discard", whoMay(account.SetTargets), s.discardTarget},
	}
}

// matterRoutes are corrections, appeals and tasks, and what people say to each other.
func (s *site) matterRoutes() []route {
	return []route{
		{"GET", "/corrections", whoMaySome(account.ReadReports), s.listMatters(assess.Correction)},
		{"POST", "/corrections", whoMaySome(account.RequestCorrection), s.openMatter(assess.Correction)},
		{"GET", "/corrections/{correction" + idPart + "}", whoMaySome(account.ReadReports), s.showMatter(assess.Correction)},
		{"POST", "/corrections/{correction" + idPart + "}", whoMaySome(account.ReadReports), s.stepMatter(assess.Correction)},
		{"POST", "/corrections/{correction" + idPart + "}/evidence", whoMaySome(account.RequestCorrection).upTo(s.uploadLimit()), s.addMatterProof(assess.Correction)},
		{"GET", "/appeals", whoMaySome(account.ReadReports), s.listMatters(assess.Appeal)},
		{"POST", "/appeals", whoMaySome(account.FileAppeal), s.openMatter(assess.Appeal)},
		{"POST", "/appeals/result", whoMay(account.PrepareResult).or(account.DecideResult), s.moveResult},
		{"GET", "/appeals/{appeal" + idPart + "}", whoMaySome(account.ReadReports), s.showMatter(assess.Appeal)},
		{"POST", "/appeals/{appeal" + idPart + "}", whoMaySome(account.ReadReports), s.stepMatter(assess.Appeal)},
		{"POST", "/appeals/{appeal" + idPart + "}/evidence", whoMaySome(account.FileAppeal).upTo(s.uploadLimit()), s.addMatterProof(assess.Appeal)},
		{"GET", "/actions", whoMaySome(account.ReadReports), s.listMatters(assess.Task)},
		{"POST", "/actions", whoMay(account.OpenTask), s.openMatter(assess.Task)},
		{"GET", "/actions.csv", whoMaySome(account.ReadReports).counted(exporting), s.sendTasks},
		{"GET", "/actions/{task" + idPart + "}", whoMaySome(account.ReadReports), s.showMatter(assess.Task)},
		{"POST", "/actions/{task" + idPart + "}", whoMaySome(account.ReadReports), s.stepMatter(assess.Task)},
		{"POST", "/actions/{task" + idPart + "}/evidence", whoMaySome(account.DoTask).upTo(s.uploadLimit()), s.addMatterProof(assess.Task)},
		{"POST", "/comments", whoMaySome(account.Comment), s.addComment},
	}
}

// reviewRoutes are the review of reports by the departments.
func (s *site) reviewRoutes() []route {
	return []route{
		{"GET", "/review", whoMay(account.ReadReports), s.listReviews},
		{"GET", "/review/{unit" + unitPart + "}/{q" + quarterPart + "}", whoMay(account.ReadReports), s.showReview},
		{"POST", "/review/{unit" + unitPart + "}/{q" + quarterPart + "}", whoMaySome(account.Review), s.decideReview},
		{"POST", "/review/{unit" + unitPart + "}/{q" + quarterPart + "}/accept", whoMaySome(account.Review), s.acceptPlain},
	}
}

// calendarRoutes are the dates of collections.
func (s *site) calendarRoutes() []route {
	return []route{
		{"GET", "/calendar", whoMay(account.ReadDefinitions), s.showCalendar},
		{"GET", "/calendar.ics", whoMay(account.ReadDefinitions), s.sendCalendar},
		{"GET", "/calendar/{secret" + secretPart + "}.ics", everybody(), s.sendLinkedCalendar},
		{"POST", "/calendar/postpone", whoMay(account.RunCycle), s.postponeStep},
		{"POST", "/calendar/extend", whoMay(account.RunCycle), s.extendDeadline},
		{"POST", "/calendar/open", whoMay(account.RunCycle), s.openEarly},
		{"POST", "/calendar/proceed", whoMay(account.RunCycle), s.proceed},
		{"POST", "/calendar/outage", whoMay(account.ConfirmOutage), s.confirmOutage},
		{"GET", "/admin/calendar", whoMay(account.EditCalendar), s.showYears},
		{"POST", "/admin/calendar", whoMay(account.EditCalendar), s.editYear},
	}
}

// scoringRoutes are the publication of what was scored.
func (s *site) scoringRoutes() []route {
	const of = "/scoring/{q" + periodPart + "}"
	return []route{
		{"GET", of, whoMay(account.ReadPublished), s.showScoring},
		{"GET", of + "/{edition" + editionPart + "}.seal", whoMay(account.Export), s.sendSeal},
		{"POST", of + "/propose", whoMay(account.Propose), s.propose},
		{"POST", of + "/approve", whoMay(account.Publish), s.approve},
		{"POST", of + "/refuse", whoMay(account.Publish), s.endProposal(assess.PublicationRefused)},
		{"POST", of + "/withdraw", whoMay(account.Propose), s.endProposal(assess.PublicationWithdrawn)},
	}
}

// registerRoutes are the registers and their records.
func (s *site) registerRoutes() []route {
	const (
		of  = "/registers/{register" + codePart + "}"
		one = of + "/records/{record" + idPart + "}"
	)
	return []route{
		{"GET", "/registers", whoMaySome(account.ReadRegisters), s.listRegisters},
		{"GET", "/persons", whoMaySome(account.Uncover), s.showPersons},
		{"POST", "/persons", whoMaySome(account.Uncover).counted(searching), s.findPerson},
		{"GET", of, whoMaySome(account.ReadRegisters).counted(searching), s.showRegister},
		{"GET", of + "/new", whoMaySome(account.KeepRegisters), s.newRecord},
		{"POST", of + "/new", whoMaySome(account.KeepRegisters), s.addRecord},
		{"GET", of + "/take", whoMaySome(account.ReadRegisters), s.showTake},
		{"POST", of + "/take", whoMaySome(account.ReadRegisters).counted(exporting), s.takeRegister},
		{"POST", of + "/take/{release" + idPart + "}", whoMaySome(account.Uncover), s.decideRelease},
		{"GET", of + "/import", whoMaySome(account.KeepRegisters), s.showImport},
		{"POST", of + "/import", whoMaySome(account.KeepRegisters).upTo(bookForm), s.takeImport},
		{"GET", of + "/import/heads.xlsx", whoMaySome(account.KeepRegisters), s.sendHeads},
		{"GET", of + "/import/{upload" + uploadPart + "}", whoMaySome(account.KeepRegisters), s.showTried},
		{"POST", of + "/import/{upload" + uploadPart + "}", whoMaySome(account.KeepRegisters), s.confirmImport},
		{"GET", of + "/import/{upload" + uploadPart + "}/marked.xlsx", whoMaySome(account.KeepRegisters), s.sendImportMarks},
		{"GET", one, whoMaySome(account.ReadRegisters), s.showRecord},
		{"POST", one, whoMaySome(account.KeepRegisters), s.changeRecord},
		{"POST", one + "/close", whoMaySome(account.KeepRegisters), s.closeRecord(false)},
		{"POST", one + "/back", whoMaySome(account.KeepRegisters), s.closeRecord(true)},
		{"POST", one + "/uncover", whoMaySome(account.Uncover), s.uncoverColumn},
	}
}

// exportRoutes are tables as files.
func (s *site) exportRoutes() []route {
	return []route{
		{"GET", "/export", whoMaySome(account.Export), s.showExport},
		{"GET", "/export/{table" + codePart + "}.{format" + formatPart + "}", whoMaySome(account.Export).counted(exporting), s.sendTable},
		{"POST", "/export/jobs", whoMaySome(account.Export).counted(exporting), s.askFile},
		{"GET", "/export/jobs/{job" + idPart + "}", whoMaySome(account.Export), s.sendMade},
		{"POST", "/export/jobs/{job" + idPart + "}/cancel", whoMaySome(account.Export), s.moveFile(s.Takeaway.Cancel)},
		{"POST", "/export/jobs/{job" + idPart + "}/retry", whoMaySome(account.Export).counted(exporting), s.moveFile(s.Takeaway.Retry)},
		{"POST", "/export/jobs/{job" + idPart + "}/drop", whoMaySome(account.Export), s.moveFile(s.Takeaway.Drop)},
	}
}

// formRoutes are a district's form. Who may not read it is not told that there is one.
func (s *site) formRoutes() []route {
	const form = "/fill/{q" + quarterPart + "}"
	of := func(a account.Action) access { return whoMaySome(a).unseen(account.ReadDrafts) }
	mayRead, mayFill := of(account.ReadDrafts), of(account.Fill)
	readProof := whoMaySome(account.ReadReports)
	return []route{
		{"GET", "/fill", mayRead, s.showForms},
		{"GET", form, mayRead, s.showForm},
		{"POST", form + "/unchanged", mayFill, s.confirm},
		{"GET", form + "/news", mayRead.unasked(), s.showNews},
		{"GET", form + "/check", mayRead, s.showCheck},
		{"POST", form + "/forward", of(account.Forward), s.forward},
		{"POST", form + "/back", of(account.SendBack), s.sendBack},
		{"GET", form + "/cover", mayRead, s.showCover},
		{"POST", form + "/sign", of(account.Sign), s.sign},
		{"POST", form + "/cell", mayFill.byScript(), s.saveCell},
		{"GET", form + "/evidence", readProof, s.showEvidence},
		{"GET", form + "/evidence/{item" + codePart + "}", readProof, s.showProof},
		{"POST", form + "/evidence/{item" + codePart + "}", mayFill.upTo(s.uploadLimit()), s.addProof},
		{"GET", form + "/form.xlsx", mayRead, s.sendForm},
		{"POST", form + "/upload", mayFill.upTo(bookForm), s.takeBook},
		{"GET", form + "/upload/{upload" + uploadPart + "}", mayFill, s.showBook},
		{"POST", form + "/upload/{upload" + uploadPart + "}", mayFill, s.confirmBook},
		{"POST", form + "/upload/{upload" + uploadPart + "}/mapping", mayFill, s.mapBook},
		{"GET", form + "/upload/{upload" + uploadPart + "}/marked.xlsx", mayFill, s.sendMarked},
		{"GET", form + "/{section" + codePart + "}", mayRead, s.showSection},
		{"POST", form + "/{section" + codePart + "}", mayFill, s.saveSection},
		{"GET", form + "/{section" + codePart + "}/{item" + codePart + "}", mayRead, s.showCell},

		{"GET", "/evidence/{id" + idPart + "}", readProof, s.sendProof},
		{"GET", "/evidence/{id" + idPart + "}/preview", readProof, s.sendPreview},
		{"POST", "/evidence/{id" + idPart + "}/remove", mayFill, s.removeProof},
	}
}

// taskRoutes are what is to be done, where the reports stand, and who is reminded.
func (s *site) taskRoutes() []route {
	return []route{
		{"GET", "/tasks", whoMay(account.ReadDefinitions), s.showTasks},
		{"GET", "/status", whoMay(account.ReadReports), s.showStatusNow},
		{"GET", "/status/{q" + quarterPart + "}", whoMay(account.ReadReports), s.showStatus},
		{"GET", "/status/{q" + quarterPart + "}/chase", whoMay(account.Chase), s.showChase},
		{"POST", "/status/{q" + quarterPart + "}/chase", whoMay(account.Chase), s.chase},
		{"GET", "/phones/{unit" + unitPart + "}", whoMaySome(account.ReadFilings), s.showPhones},
		{"POST", "/phones/{unit" + unitPart + "}", whoMaySome(account.ReadFilings), s.setPhones},
		{"GET", "/account/notices", whoMay(account.ReadDefinitions), s.showNotices},
		{"POST", "/account/notices", whoMay(account.ReadDefinitions), s.setNotices},
	}
}

// doorRoutes are the way in, and the own account.
func (s *site) doorRoutes() []route {
	return []route{
		{"GET", "/setup", everybody(), s.showSetup},
		{"POST", "/setup", everybody().late(), s.makeFirst},
		{"GET", "/sign-in", everybody(), s.showSignIn},
		{"POST", "/sign-in", everybody(), s.signIn},
		{"GET", "/sign-in/code", everybody(), s.showCode},
		{"POST", "/sign-in/code", everybody(), s.enterCode},
		{"POST", "/sign-out", whoMay(account.UseAccount).first(), s.signOut},
		{"GET", "/password", whoMay(account.UseAccount).first(), s.showPassword},
		{"POST", "/password", whoMay(account.UseAccount).first(), s.changePassword},

		{"GET", "/account", whoMay(account.UseAccount), s.showAccount},
		{"POST", "/account/end-sessions", whoMay(account.UseAccount), s.endSessions},
		{"POST", "/account/links", whoMay(account.UseAccount), s.addLink},
		{"POST", "/account/links/{link" + idPart + "}/revoke", whoMay(account.UseAccount), s.revokeLink},
		{"GET", "/account/second-factor", whoMay(account.UseAccount).second(), s.showFactor},
		{"GET", "/account/second-factor.png", whoMay(account.UseAccount).second(), s.drawFactorPicture},
		{"POST", "/account/second-factor", whoMay(account.UseAccount).second(), s.setFactor},
		{"POST", "/account/second-factor/remove", whoMay(account.UseAccount), s.dropFactor},
	}
}

// adminRoutes are accounts and tokens.
func (s *site) adminRoutes() []route {
	return []route{
		{"GET", "/admin", whoMay(account.ReadAccounts), s.showAdmin},
		{"GET", "/audit", whoMay(account.ReadAudit), s.showAudit},
		{"GET", "/audit.csv", whoMay(account.ReadAudit), s.sendAudit},
		{"GET", "/admin/accounts", whoMay(account.ReadAccounts), s.showAccounts},
		{"POST", "/admin/accounts", whoMay(account.ManageAccounts), s.addAccount},
		{"GET", "/admin/accounts/{account" + idPart + "}", whoMay(account.ReadAccounts), s.showPerson},
		{"POST", "/admin/accounts/{account" + idPart + "}/name", whoMay(account.ManageAccounts), s.renamePerson()},
		{"POST", "/admin/accounts/{account" + idPart + "}/role", whoMay(account.ManageAccounts), s.movePerson()},
		{"POST", "/admin/accounts/{account" + idPart + "}/lock", whoMay(account.ManageAccounts), s.lockPerson()},
		{"POST", "/admin/accounts/{account" + idPart + "}/unlock", whoMay(account.ManageAccounts), s.unlockPerson()},
		{"POST", "/admin/accounts/{account" + idPart + "}/password", whoMay(account.ManageAccounts), s.resetPassword},
		{"POST", "/admin/accounts/{account" + idPart + "}/second-factor", whoMay(account.ManageAccounts), s.resetFactor()},
		{"GET", "/admin/tokens", whoMay(account.ReadAccounts), s.showTokens},
		{"POST", "/admin/tokens", whoMay(account.ManageTokens), s.addToken},
		{"POST", "/admin/tokens/{token" + idPart + "}/revoke", whoMay(account.ManageTokens), s.revokeToken},
	}
}

// administrative says whether a path is of the administration: accounts, tokens, the state of the installation, and the audit log.
func administrative(path string) bool {
	for _, begin := range []string{"/admin", "/audit"} {
		if rest, ok := strings.CutPrefix(path, begin); ok && (rest == "" || rest[0] == '/' || rest[0] == '.') { // "." begins a page as a file
			return true
		}
	}
	return false
}

// router makes the router of the list. It matches paths as they come: what would have to be cleaned or decoded first is not found.
func (s *site) router() *mux.Router {
	router := mux.NewRouter().SkipClean(true).UseEncodedPath()
	for _, one := range s.routes() {
		methods := []string{one.method}
		if one.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
		one.access.office = administrative(one.path)
		router.Handle(one.path, s.guard(one.access, one.handler)).Methods(methods...).Name(one.method + " " + one.path)
	}
	router.NotFoundHandler = s.lost(func(http.ResponseWriter, *http.Request) error {
		return errNoPage()
	})
	router.MethodNotAllowedHandler = s.lost(func(w http.ResponseWriter, r *http.Request) error {
		for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			probe := r.Clone(r.Context())
			probe.Method = m
			var match mux.RouteMatch
			if router.Match(probe, &match) && match.MatchErr == nil {
				w.Header().Add("Allow", m)
			}
		}
		return errMethod
	})
	return router
}

// lost answers what no route does: as a page, or for programs.
func (s *site) lost(h handler) http.Handler {
	page, plain := s.guard(access{open: true, unchecked: true}, h), s.handle(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, apiRoot) {
			plain.ServeHTTP(w, r)
			return
		}
		page.ServeHTTP(w, r)
	})
}
