package dashboard

// What the tests with the real definitions share with those of the small city.
var (
	EveryText = everyText
	Catalogue = catalogue
	Shipped   = shipped
	PanelOf   = panelOf
)
