"""One page with everything that an inspection shows, and what would do harm if it were markup."""

from __future__ import annotations

from datetime import UTC, datetime

URL = "https://courrier.example/a/le-port"
NOW = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
ATTACK = '"><script>document.title="owned"</script><img src="https://spy.example/x" onerror=1>'
_ESCAPED = ATTACK.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
_IN_ATTRIBUTE = _ESCAPED.replace('"', "&quot;")

PAGE = f"""<html lang="fr"><head>
<title>Le port change de visage | Le Courrier</title>
<meta property="og:title" content="Le port change">
<meta property="article:section" content="{_IN_ATTRIBUTE}">
<link rel="canonical" href="https://courrier.example/a/le-port">
<meta property="og:image" content="javascript:alert(1)">
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "Le port change de visage", "datePublished": "2026-05-03T10:00:00+02:00",
"author": {{"@type": "Person", "name": "Anne Le Goff"}}}}</script></head>
<body><article><h1>Le port change de visage</h1>
<p>Le conseil a voté hier soir la transformation du vieux port, après dix ans de débats et
trois enquêtes publiques. {_ESCAPED}</p>
<h2>Un calendrier serré</h2>
<p>« Nous commencerons par la digue », a déclaré Marc Rivet, maire de la ville, devant une salle
pleine et attentive à ses propos.</p>
<p>قال رئيس البلدية إن الميناء القديم سيتغير بالكامل خلال السنوات العشر القادمة وسيكون مفتوحا.</p>
<p>市長は、古い港が今後十年間で完全に変わり、すべての人に開かれることになると述べた。</p>
<ul><li>la digue du large</li><li>les quais du bassin</li></ul>
<table><tr><th>Année</th><th>Bateaux</th></tr><tr><td>2025</td><td>412</td></tr></table>
<p><a href="/b">Lire aussi : La criée passe à l'enchère</a></p></article>
<footer>© Le Courrier 2026. Tous droits réservés.</footer></body></html>""".encode()
