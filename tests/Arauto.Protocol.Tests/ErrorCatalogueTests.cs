namespace Arauto.Protocol.Tests;

public sealed class ErrorCatalogueTests
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.PathOf("docs", "errors.md"));

    [Fact]
    public void Errors_equal_the_table_in_the_docs() =>
        Assert.Equal(
            ErrorCatalogue.Errors.Select(entry => (entry.Word, entry.HttpStatus.ToString())),
            Rows("| word |").Select(cells => (cells[0], cells[1])));

    [Fact]
    public void Close_codes_equal_the_table_in_the_docs() =>
        Assert.Equal(
            ErrorCatalogue.Closes.Select(entry => (((int)entry.Code).ToString(), entry.Word, entry.Reconnect ? "yes" : "no")),
            Rows("| code |").Select(cells => (cells[0], cells[1], cells[2])));

    [Fact]
    public void Every_row_says_what_it_means_and_what_to_do() =>
        Assert.All(Rows("| word |").Concat(Rows("| code |")), cells => Assert.All(cells, Assert.NotEmpty));

    [Fact]
    public void Every_error_code_has_its_row()
    {
        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            Assert.Equal(code, code.Entry().Code);
            Assert.Equal(code, ErrorCatalogue.FromWord(code.Word()));
        }
        Assert.Equal(Enum.GetValues<ErrorCode>().Length, ErrorCatalogue.Errors.DistinctBy(entry => entry.Word).Count());
        Assert.Null(ErrorCatalogue.FromWord("no_such_word"));
    }

    [Fact]
    public void Every_close_code_has_its_row_in_the_order_of_numbers()
    {
        Assert.Equal(Enum.GetValues<CloseCode>(), ErrorCatalogue.Closes.Select(entry => entry.Code));
        Assert.All(ErrorCatalogue.Closes, entry => Assert.Equal(entry.Reconnect, ErrorCatalogue.ShouldReconnect((int)entry.Code)));
        Assert.True(ErrorCatalogue.ShouldReconnect(1006));
    }

    /// <summary>The cells of the table whose header starts so, without code marks.</summary>
    private static IEnumerable<string[]> Rows(string header) => Lines
        .SkipWhile(line => !line.StartsWith(header, StringComparison.Ordinal))
        .Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray());
}
