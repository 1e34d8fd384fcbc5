using System.Reflection;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Arauto.Server.Configuration;

/// <summary>The XML descriptions of properties, which the compiler writes next to the assemblies.</summary>
internal sealed class XmlDescriptions
{
    private readonly Dictionary<string, XElement> _summaries = new(StringComparer.Ordinal);

    /// <summary>Reads the descriptions of our assemblies in <paramref name="folder"/>; a missing or damaged file only means less help.</summary>
    public XmlDescriptions(string folder)
    {
        foreach (var file in new[] { "Arauto.xml", "Arauto.Server.xml" })
        {
            try
            {
                foreach (var member in XDocument.Load(Path.Combine(folder, file)).Descendants("member"))
                    if (member.Attribute("name")?.Value is { } name && member.Element("summary") is { } summary) _summaries[name] = summary;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or XmlException)
            {
                // Deployed without its documentation.
            }
        }
    }

    /// <summary>The description with code in back-quotes; <see langword="null"/> if there is none.</summary>
    public string? Markdown(PropertyInfo property) => Text(property, "`");

    /// <summary>The description as plain text; <see langword="null"/> if there is none.</summary>
    public string? Plain(PropertyInfo property) => Text(property, "");

    private string? Text(PropertyInfo property, string quote)
    {
        if (!_summaries.TryGetValue($"P:{property.DeclaringType!.FullName}.{property.Name}", out var summary)) return null;
        var text = new StringBuilder();
        foreach (var node in summary.Nodes())
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement { Name.LocalName: "c" } code => quote + code.Value + quote,
                XElement element when (element.Attribute("cref") ?? element.Attribute("langword"))?.Value is { } reference => quote + reference[(reference.LastIndexOf('.') + 1)..] + quote,
                _ => "",
            });
        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
