(width, english) => {
  const faults = [...(window.violations || [])]
  const say = (what, e) => faults.push(what + (e ? ': <' + e.nodeName.toLowerCase() + ' class="' + (e.getAttribute('class') || '') + '"> ' + e.textContent.trim().slice(0, 60) : ''))
  const root = document.documentElement
  if (window.shift > window.shiftBound) say('things moved by ' + window.shift.toFixed(3) + ': ' + window.shifted.join('; '))
  if (root.scrollWidth > width) say('the page is ' + root.scrollWidth + ' pixels wide')
  document.querySelectorAll('details:not(.menu)').forEach(d => { d.open = true })
  if (root.scrollWidth > width) say('with everything open the page is ' + root.scrollWidth + ' pixels wide')
  if (document.querySelectorAll('h1').length !== 1) say(document.querySelectorAll('h1').length + ' headings of the first rank')
  const seen = e => e.getClientRects().length > 0 && !e.closest('.vh')
  const charts = document.querySelectorAll('[data-chart]')
  charts.forEach(c => { if (!c.querySelector('svg')) say('a chart is not drawn', c) })
  document.querySelectorAll('main td, main tbody th').forEach(c => {
    if (seen(c) && !c.textContent.trim() && !c.querySelector('svg, img, input, select, textarea, button')) say('a blank cell in the row ' + c.parentNode.textContent.trim().slice(0, 40), c)
  })
  document.querySelectorAll('body *').forEach(e => {
    const style = getComputedStyle(e)
    // The name of the account in the head is shortened on a phone; it stands whole in its menu.
    if (style.overflowX !== 'visible' && style.overflowX !== 'auto' && style.overflowX !== 'scroll' && seen(e) && !e.closest('svg, .me, textarea, input') &&
      e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1) say('text is cut at ' + e.clientWidth + ' of ' + e.scrollWidth, e)
    if (/^(TD|DT|DD)$/.test(e.nodeName) && e.clientWidth < 26 && e.clientHeight > 90 && seen(e)) say('a column is squeezed to ' + e.clientWidth + ' pixels', e)
  })
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let n = words.nextNode(); n; n = words.nextNode()) {
    const e = n.parentNode, text = n.nodeValue
    if (e.closest('script, noscript, pre, code, textarea, [lang="zh-CN"]:not(body)')) continue
    if (/\bNaN\b|\bundefined\b|\bnull\b|\[object|%!|ZgotmplZ|\{[a-z_]*\}(?!\/|$)/.test(text)) say('"' + text.trim().slice(0, 60) + '"', e)
    if (/\b(web|sentence|panel|problem|draft|notice|compare|change|state|filing|status|fill|desk|common|rank)\.[a-z_]+\b/.test(text) && !/\.(yaml|csv|json|xlsx)/.test(text)) say('not translated: "' + text.trim().slice(0, 60) + '"', e)
    if (english && seen(e) && /[\u4e00-\u9fff]/.test(text) && !e.closest('.me, .said, .data-words')) say('not in English: "' + text.trim().slice(0, 60) + '"', e)
  }
  return faults
}
