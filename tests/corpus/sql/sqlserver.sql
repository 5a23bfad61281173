USE [Fonds]
GO
/****** Object:  Table [dbo].[Assures]    Script Date: 01/05/2024 ******/
SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[Assures](
	[Immat] [nvarchar](9) NOT NULL,
	[Nom complet] [nvarchar](max) NULL,
	[Naissance] [datetime] NULL,
 CONSTRAINT [PK_A] PRIMARY KEY CLUSTERED
(
	[Immat] ASC
)WITH (PAD_INDEX = OFF) ON [PRIMARY]
) ON [PRIMARY]
GO
CREATE PROCEDURE [dbo].[P] AS
BEGIN
INSERT INTO journal VALUES (1)
END
GO
SET IDENTITY_INSERT [dbo].[Assures] ON

INSERT [dbo].[Assures] ([Immat], [Nom complet], [Naissance]) VALUES (N'800000001', N'D''ALAOUI [x]', CAST(0x0000806800C5C100 AS DateTime))
INSERT [dbo].[Assures] ([Immat], [Nom complet], [Naissance]) VALUES (N'800000002', N'C:\', CAST(N'1990-05-01T00:00:00.000' AS DateTime))
GO
INSERT [dbo].[Soldes]
SELECT 1, N'un' UNION ALL
SELECT 2, N'deux'
GO
INSERT INTO Copie SELECT a, b FROM Soldes
GO
PRINT 'done'
GO
