<?xml version="1.0" encoding="UTF-8"?>
<!-- A plain page of a define.xml 2.0 or 2.1 for tools that still apply a stylesheet.
     define.html beside it says the same and more, in any browser. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:odm="http://www.cdisc.org/ns/odm/v1.3" xmlns:d0="http://www.cdisc.org/ns/def/v2.0"
  xmlns:d1="http://www.cdisc.org/ns/def/v2.1" xmlns:arm="http://www.cdisc.org/ns/arm/v1.0"
  xmlns:xlink="http://www.w3.org/1999/xlink" exclude-result-prefixes="odm d0 d1 arm xlink">
<xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
<xsl:key name="item" match="odm:ItemDef" use="@OID"/>
<xsl:key name="codelist" match="odm:CodeList" use="@OID"/>
<xsl:key name="method" match="odm:MethodDef" use="@OID"/>
<xsl:key name="comment" match="d0:CommentDef | d1:CommentDef" use="@OID"/>
<xsl:key name="values" match="d0:ValueListDef | d1:ValueListDef" use="@OID"/>
<xsl:key name="where" match="d0:WhereClauseDef | d1:WhereClauseDef" use="@OID"/>
<xsl:key name="leaf" match="d0:leaf | d1:leaf" use="@ID"/>

<xsl:template match="/">
  <xsl:apply-templates select="odm:ODM/odm:Study"/>
</xsl:template>

<xsl:template match="odm:Study">
  <xsl:variable name="version" select="odm:MetaDataVersion"/>
  <html lang="en">
    <head>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <title><xsl:value-of select="odm:GlobalVariables/odm:StudyName"/>: data definitions</title>
      <style>
        body { font: 15px/1.5 system-ui, "Segoe UI", sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid #ddd; }
        h2 { margin-top: 3rem; } h3 { margin-top: 2rem; } small { color: #555; display: block; }
        .text { white-space: pre-line; } pre { background: #f5f7f8; padding: .75rem; overflow-x: auto; }
        @media print { tr { break-inside: avoid; } }
      </style>
    </head>
    <body>
      <h1><xsl:value-of select="odm:GlobalVariables/odm:StudyName"/></h1>
      <p><xsl:value-of select="odm:GlobalVariables/odm:StudyDescription"/></p>
      <p>Protocol <xsl:value-of select="odm:GlobalVariables/odm:ProtocolName"/>;
        <xsl:value-of select="$version/@Name"/>. The same definitions stand, with search, in
        <a href="define.html">define.html</a>.</p>
      <xsl:apply-templates select="$version/d0:leaf | $version/d1:leaf" mode="document"/>
      <h2>Datasets</h2>
      <table>
        <tr><th>Dataset</th><th>Label</th><th>Class</th><th>Structure</th><th>File</th></tr>
        <xsl:apply-templates select="$version/odm:ItemGroupDef" mode="list"/>
      </table>
      <xsl:apply-templates select="$version/odm:ItemGroupDef"/>
      <xsl:if test="$version/arm:AnalysisResultDisplays">
        <h2>Analysis results</h2>
        <xsl:apply-templates select="$version/arm:AnalysisResultDisplays/arm:ResultDisplay"/>
      </xsl:if>
      <h2>Codelists</h2>
      <xsl:apply-templates select="$version/odm:CodeList"/>
      <h2>Methods</h2>
      <xsl:apply-templates select="$version/odm:MethodDef"/>
      <h2>Comments</h2>
      <xsl:apply-templates select="$version/d0:CommentDef | $version/d1:CommentDef"/>
    </body>
  </html>
</xsl:template>

<xsl:template match="d0:leaf | d1:leaf" mode="document">
  <p><xsl:call-template name="file"><xsl:with-param name="leaf" select="."/></xsl:call-template></p>
</xsl:template>

<xsl:template match="odm:ItemGroupDef" mode="list">
  <tr>
    <th><a href="#{generate-id()}"><xsl:value-of select="@Name"/></a></th>
    <td><xsl:value-of select="odm:Description/odm:TranslatedText"/></td>
    <td><xsl:value-of select="@d0:Class | d1:Class/@Name"/></td>
    <td><xsl:value-of select="@d0:Structure | @d1:Structure"/></td>
    <td><xsl:call-template name="file"><xsl:with-param name="leaf" select="d0:leaf | d1:leaf"/></xsl:call-template></td>
  </tr>
</xsl:template>

<xsl:template match="odm:ItemGroupDef">
  <h2 id="{generate-id()}"><xsl:value-of select="@Name"/>, <xsl:value-of select="odm:Description/odm:TranslatedText"/></h2>
  <p><xsl:value-of select="@d0:Structure | @d1:Structure"/></p>
  <xsl:apply-templates select="key('comment', @d0:CommentOID | @d1:CommentOID)" mode="inline"/>
  <table>
    <tr><th>Variable</th><th>Label</th><th>Type</th><th>Codelist</th><th>Origin, method, comment</th></tr>
    <xsl:apply-templates select="odm:ItemRef"/>
  </table>
</xsl:template>

<xsl:template match="odm:ItemRef">
  <xsl:variable name="item" select="key('item', @ItemOID)"/>
  <xsl:variable name="codelist" select="key('codelist', $item/odm:CodeListRef/@CodeListOID)"/>
  <tr>
    <th>
      <xsl:choose>
        <xsl:when test="d0:WhereClauseRef | d1:WhereClauseRef">
          <xsl:for-each select="d0:WhereClauseRef | d1:WhereClauseRef">
            <xsl:if test="position() &gt; 1"> or </xsl:if>
            <xsl:apply-templates select="key('where', @WhereClauseOID)"/>
          </xsl:for-each>
        </xsl:when>
        <xsl:otherwise><xsl:value-of select="$item/@Name"/></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="@KeySequence"><small>key <xsl:value-of select="@KeySequence"/></small></xsl:if>
    </th>
    <td><xsl:value-of select="$item/odm:Description/odm:TranslatedText"/><small><xsl:value-of select="@Role"/></small></td>
    <td><xsl:value-of select="$item/@DataType"/><xsl:text> </xsl:text><xsl:value-of select="$item/@Length"/>
      <xsl:if test="$item/@SignificantDigits">.<xsl:value-of select="$item/@SignificantDigits"/></xsl:if>
      <small><xsl:value-of select="$item/@d0:DisplayFormat | $item/@d1:DisplayFormat"/></small></td>
    <td><xsl:if test="$codelist"><a href="#{generate-id($codelist)}"><xsl:value-of select="$codelist/@Name"/></a></xsl:if></td>
    <td>
      <xsl:apply-templates select="$item/d0:Origin | $item/d1:Origin"/>
      <xsl:if test="@MethodOID">
        <div><a href="#{generate-id(key('method', @MethodOID))}">Method</a>:
          <span class="text"><xsl:value-of select="key('method', @MethodOID)/odm:Description/odm:TranslatedText"/></span></div>
      </xsl:if>
      <xsl:apply-templates select="key('comment', $item/@d0:CommentOID | $item/@d1:CommentOID)" mode="inline"/>
    </td>
  </tr>
  <xsl:apply-templates
    select="key('values', $item/d0:ValueListRef/@ValueListOID | $item/d1:ValueListRef/@ValueListOID)/odm:ItemRef"/>
</xsl:template>

<xsl:template match="d0:WhereClauseDef | d1:WhereClauseDef">
  <xsl:for-each select="odm:RangeCheck">
    <xsl:if test="position() &gt; 1"> and </xsl:if>
    <xsl:value-of select="key('item', @d0:ItemOID | @d1:ItemOID)/@Name"/>
    <xsl:text> </xsl:text>
    <xsl:choose>
      <xsl:when test="@Comparator = 'EQ'">=</xsl:when>
      <xsl:when test="@Comparator = 'NE'">≠</xsl:when>
      <xsl:when test="@Comparator = 'LT'">&lt;</xsl:when>
      <xsl:when test="@Comparator = 'LE'">≤</xsl:when>
      <xsl:when test="@Comparator = 'GT'">&gt;</xsl:when>
      <xsl:when test="@Comparator = 'GE'">≥</xsl:when>
      <xsl:when test="@Comparator = 'IN'">in</xsl:when>
      <xsl:otherwise>not in</xsl:otherwise>
    </xsl:choose>
    <xsl:text> </xsl:text>
    <xsl:for-each select="odm:CheckValue">
      <xsl:if test="position() &gt; 1">, </xsl:if>
      <xsl:value-of select="."/>
    </xsl:for-each>
  </xsl:for-each>
</xsl:template>

<xsl:template match="d0:Origin | d1:Origin">
  <div><xsl:value-of select="@Type"/>
    <xsl:if test="@Source"> (<xsl:value-of select="@Source"/>)</xsl:if>
    <xsl:if test="odm:Description">: <xsl:value-of select="odm:Description/odm:TranslatedText"/></xsl:if>
    <xsl:call-template name="documents"/></div>
</xsl:template>

<xsl:template match="odm:CodeList">
  <h3 id="{generate-id()}"><xsl:value-of select="@Name"/></h3>
  <xsl:for-each select="odm:ExternalCodeList">
    <p><xsl:value-of select="@Dictionary"/><xsl:text> </xsl:text><xsl:value-of select="@Version"/></p>
  </xsl:for-each>
  <xsl:if test="odm:CodeListItem | odm:EnumeratedItem">
    <table>
      <xsl:for-each select="odm:CodeListItem | odm:EnumeratedItem">
        <tr><th><xsl:value-of select="@CodedValue"/></th><td><xsl:value-of select="odm:Decode/odm:TranslatedText"/></td>
          <td><xsl:value-of select="odm:Alias[@Context = 'nci:ExtCodeID']/@Name"/>
            <xsl:if test="@d0:ExtendedValue | @d1:ExtendedValue"> extended</xsl:if></td></tr>
      </xsl:for-each>
    </table>
  </xsl:if>
</xsl:template>

<xsl:template match="odm:MethodDef">
  <h3 id="{generate-id()}"><xsl:value-of select="@Name"/></h3>
  <p class="text"><xsl:value-of select="odm:Description/odm:TranslatedText"/></p>
  <xsl:call-template name="documents"/>
  <xsl:for-each select="odm:FormalExpression">
    <p><xsl:value-of select="@Context"/></p><pre><xsl:value-of select="."/></pre>
  </xsl:for-each>
</xsl:template>

<xsl:template match="d0:CommentDef | d1:CommentDef">
  <h3 id="{generate-id()}"><xsl:value-of select="@OID"/></h3>
  <p class="text"><xsl:value-of select="odm:Description/odm:TranslatedText"/></p>
  <xsl:call-template name="documents"/>
</xsl:template>

<xsl:template match="d0:CommentDef | d1:CommentDef" mode="inline">
  <div><a href="#{generate-id()}">Comment</a>:
    <span class="text"><xsl:value-of select="odm:Description/odm:TranslatedText"/></span></div>
</xsl:template>

<xsl:template match="arm:ResultDisplay">
  <h3><xsl:value-of select="@Name"/>, <xsl:value-of select="odm:Description/odm:TranslatedText"/></h3>
  <xsl:for-each select="arm:AnalysisResult">
    <p><xsl:value-of select="odm:Description/odm:TranslatedText"/>
      (<xsl:value-of select="@AnalysisReason"/>, <xsl:value-of select="@AnalysisPurpose"/>)</p>
    <xsl:for-each select="arm:AnalysisDatasets/arm:AnalysisDataset">
      <p><xsl:value-of select="//odm:ItemGroupDef[@OID = current()/@ItemGroupOID]/@Name"/>:
        <xsl:for-each select="arm:AnalysisVariable">
          <xsl:if test="position() &gt; 1">, </xsl:if>
          <xsl:value-of select="key('item', @ItemOID)/@Name"/>
        </xsl:for-each>
        <xsl:if test="d0:WhereClauseRef | d1:WhereClauseRef"> where
          <xsl:apply-templates select="key('where', (d0:WhereClauseRef | d1:WhereClauseRef)/@WhereClauseOID)"/>
        </xsl:if></p>
    </xsl:for-each>
    <p class="text"><xsl:value-of select="arm:Documentation/odm:Description/odm:TranslatedText"/></p>
    <xsl:if test="arm:ProgrammingCode/arm:Code"><pre><xsl:value-of select="arm:ProgrammingCode/arm:Code"/></pre></xsl:if>
  </xsl:for-each>
</xsl:template>

<xsl:template name="documents">
  <xsl:for-each select="d0:DocumentRef | d1:DocumentRef">
    <small><xsl:call-template name="file"><xsl:with-param name="leaf" select="key('leaf', @leafID)"/></xsl:call-template>
      <xsl:for-each select="d0:PDFPageRef | d1:PDFPageRef">
        <xsl:text> </xsl:text><xsl:value-of select="@PageRefs"/><xsl:value-of select="@FirstPage"/>
        <xsl:if test="@LastPage">–<xsl:value-of select="@LastPage"/></xsl:if>
      </xsl:for-each></small>
  </xsl:for-each>
</xsl:template>

<!-- A link only to what stands beside the file or on the web. -->
<xsl:template name="file">
  <xsl:param name="leaf"/>
  <xsl:variable name="href" select="$leaf/@xlink:href"/>
  <xsl:choose>
    <xsl:when test="starts-with($href, 'https://') or starts-with($href, 'http://') or ($href and not(contains($href, ':')))">
      <a href="{$href}"><xsl:value-of select="$leaf/d0:title | $leaf/d1:title"/></a>
    </xsl:when>
    <xsl:otherwise><xsl:value-of select="$leaf/d0:title | $leaf/d1:title"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>
</xsl:stylesheet>
