// Package handbook takes columns of plain numbers and makes composite indices of them, straight from the definitions in the OECD/JRC
// Handbook on Constructing Composite Indicators (2008). It is the independent check of the engine's tests: it shares no code with the
// engine and is used by nothing else.
package handbook
